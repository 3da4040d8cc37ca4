//go:build unix

package publish

import "syscall"

func harshUmask() { syscall.Umask(0o077) }
