// Programs inside images of the sandbox. They use the standard library only.
module sluice.local/sandbox/pods

go 1.26
