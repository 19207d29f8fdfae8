#!/bin/sh
# Gradescope runs this once, as root, when it builds the image of the autograder.
set -eu
exec sh /autograder/source/build.sh /autograder/wakegap
