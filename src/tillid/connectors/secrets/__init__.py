"""Where passwords and tokens are kept: the environment, a file that its owner alone can read, the system's keyring."""
