#!/bin/sh
# pause.sh NAME: says that this moment is reached, and waits for the word to go on.
: >"$STATE_DIRECTORY/$1"
until [ -e "$STATE_DIRECTORY/$1.go" ]; do sleep 0.05; done
