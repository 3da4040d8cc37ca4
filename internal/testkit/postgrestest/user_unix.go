//go:build unix

package postgrestest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// servant is the user that the server runs as where the tests run as root,
// which PostgreSQL refuses; nil elsewhere.
func servant() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// disown gives files to the user of the server.
func disown(names ...string) error {
	c, err := servant()
	if c == nil || err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Chown(name, int(c.Uid), int(c.Gid)); err != nil {
			return err
		}
	}
	return nil
}

// unprivileged lets a program run as that user.
func unprivileged(cmd *exec.Cmd) error {
	c, err := servant()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c}
	return err
}
