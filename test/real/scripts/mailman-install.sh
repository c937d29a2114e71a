#!/bin/bash
# Mailman 3 core from Debian: no web pages, no mail server, and its system service is not started.
# usage: mailman-install.sh
. "$(dirname "$(realpath "$0")")/server.sh"
need mailman3
mailman --version
