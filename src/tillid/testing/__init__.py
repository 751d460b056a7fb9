"""The public test kit: conformance suites and made-up people."""
