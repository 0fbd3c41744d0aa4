#!/bin/sh
# The plant, as the service suandian-adapter@sim: from 19:00 on, with a pause for what is to happen at 19:30 and one
# in the middle of the event; started again after that one, it goes on from there.
day=2025-07-15
if [ -e "$STATE_DIRECTORY/active" ]; then
	exec suandian-sim --config "$1" --from ${day}T21:30 --to ${day}T22:45
fi
exec suandian-sim --config "$1" --from ${day}T19:00 --to ${day}T22:45 \
	--at ${day}T19:30 'sh /mnt/pause.sh before' --at ${day}T21:30 'sh /mnt/pause.sh active'
