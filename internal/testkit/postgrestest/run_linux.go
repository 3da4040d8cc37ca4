package postgrestest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// run starts the server, and closes ended at its end. The server ends with us,
// however we end: with the thread that started it, which therefore is kept.
func run(cmd *exec.Cmd, started chan<- error, ended chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait()
		close(ended)
	}
}
