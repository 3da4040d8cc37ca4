//go:build !linux

package postgrestest

import "os/exec"

// run starts the server, and closes ended at its end.
func run(cmd *exec.Cmd, started chan<- error, ended chan<- struct{}) {
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait()
		close(ended)
	}
}
