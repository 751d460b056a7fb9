#!/bin/sh
# Spark needs a Java runtime (17 or later). Installs Debian's when there is none, or says in one line what is missing.
command -v java >/dev/null 2>&1 && exit 0
SUDO=""
[ "$(id -u)" = 0 ] || SUDO="sudo -n"
if command -v apt-get >/dev/null 2>&1 && $SUDO true 2>/dev/null; then
    $SUDO apt-get update -qq >/dev/null 2>&1
    $SUDO apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null 2>&1 && exit 0
fi
echo "Java 17 is missing and could not be installed: the Spark tests are skipped (install openjdk-17-jre-headless)."
[ "$CI" = "true" ] && exit 1
exit 0
