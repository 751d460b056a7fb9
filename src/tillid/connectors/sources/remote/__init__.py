"""Files on other machines as sources: SFTP servers and buckets of S3."""
