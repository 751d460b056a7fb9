"""REST APIs as sources: asked page by page, patiently, and taken up from where the last load ended."""
