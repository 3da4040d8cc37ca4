//go:build !unix

package gitrepo

import "os/exec"

// apart leaves git to be killed, as exec.CommandContext does: here no signal
// asks it to end. Its helpers end when their pipes to it break.
func apart(*exec.Cmd) {}

func killRest(*exec.Cmd) {}
