// Package postgrestest starts a throwaway PostgreSQL for the tests of one
// process, on loopback, as a user without rights.
//
//	TestMain ── Run ──▶ tests ── URL ──▶ a database of the test's own
//	             └────▶ the server is ended, its files are removed
//
// The server starts with the first test that asks for it. Where PostgreSQL is
// not installed such tests are skipped, and say so.
package postgrestest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// Run runs the tests and ends the server that they started, if any. Its result
// is for os.Exit.
func Run(m *testing.M) int {
	defer shared.stop()
	return m.Run()
}

// shared is the server of this process.
var shared server

// server is a PostgreSQL that runs, or will.
type server struct {
	once      sync.Once
	err       error // why there is none
	bin, dir  string
	port      int
	password  string
	cmd       *exec.Cmd
	output    bytes.Buffer
	ended     chan struct{}
	databases struct {
		sync.Mutex
		n int
	}
}

// errMissing is a machine without PostgreSQL.
var errMissing = errors.New("PostgreSQL (initdb in /usr/lib/postgresql or in PATH)")

// superuser is the name of the superuser in the cluster.
const superuser = "rutter"

// URL returns the address of an empty database that only this test uses.
func URL(t testing.TB) string {
	t.Helper()
	return Encoded(t, "UTF8")
}

// Encoded is URL for a database of another encoding, such as SQL_ASCII.
func Encoded(t testing.TB, encoding string) string {
	t.Helper()
	shared.once.Do(func() { shared.err = shared.start() })
	if errors.Is(shared.err, errMissing) {
		testkit.Missing(t, shared.err.Error())
	}
	if shared.err != nil {
		t.Fatalf("start PostgreSQL: %v\n%s", shared.err, shared.output.String())
	}
	shared.databases.Lock()
	defer shared.databases.Unlock() // copies of the template are made one at a time
	shared.databases.n++
	name := "test" + strconv.Itoa(shared.databases.n)
	if out, err := shared.tool("createdb", "--template=template0", "--encoding="+encoding, "--locale=C", name).CombinedOutput(); err != nil {
		t.Fatalf("create database %s: %v\n%s", name, err, out)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, shared.password), Host: shared.address(), Path: "/" + name}
	return u.String()
}

func (s *server) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// tool is a program of PostgreSQL that talks to the server.
func (s *server) tool(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), append([]string{"--host=127.0.0.1", "--port=" + strconv.Itoa(s.port), "--username=" + superuser}, args...)...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "PGPASSWORD="+s.password)
	return cmd
}

// binaries finds the folder of the newest PostgreSQL.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errMissing
	}
	return filepath.Dir(path), nil
}

// major is the number in /usr/lib/postgresql/17/bin/initdb.
func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// start makes a cluster and serves it. Nothing in it outlives the tests, so
// nothing is synced to disk.
func (s *server) start() (err error) {
	if s.bin, err = binaries(); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "rutter-postgres-"); err != nil {
		return err
	}
	s.password = rand.Text()
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	if err := disown(s.dir, secret); err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata="+data, "--username="+superuser, "--pwfile="+secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	initdb.Dir = s.dir
	if err := unprivileged(initdb); err != nil {
		return err
	}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	for range 3 { // the port may be taken by somebody else before the server has it
		if err = s.serve(data); err == nil {
			return nil
		}
	}
	return err
}

// serve starts the server and waits until it answers.
func (s *server) serve(data string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return err
	}
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), "-D", data, "-p", strconv.Itoa(s.port), "-h", "127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=100")
	s.cmd.Dir = s.dir
	s.output.Reset()
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := unprivileged(s.cmd); err != nil {
		return err
	}
	s.ended = make(chan struct{})
	started := make(chan error)
	go run(s.cmd, started, s.ended)
	if err := <-started; err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		select {
		case <-s.ended:
			return errors.New("the server has ended")
		case <-time.After(20 * time.Millisecond):
		}
		if s.tool("pg_isready", "--quiet").Run() == nil {
			return nil
		}
	}
	s.end()
	return errors.New("the server does not answer")
}

// end ends the server at once.
func (s *server) end() {
	_ = s.cmd.Process.Signal(os.Interrupt) // fast shutdown: connections are cut
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// stop ends the server and removes its files.
func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.end()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
