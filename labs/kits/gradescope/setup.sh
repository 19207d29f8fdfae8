#!/bin/sh
# Gradescope runs this once, as root, when it builds the image of the autograder.
set -eu
sh /autograder/source/build.sh /autograder/wakegap
# Solutions are in there, and in what it was made from. Where the box cannot hide files, a student's
# file could include them: the grader is root, and nobody else reads them.
chmod -R go= /autograder/wakegap/labs /autograder/source
