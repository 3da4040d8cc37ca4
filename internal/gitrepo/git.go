package gitrepo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// command runs git in one folder.
type command struct {
	program  string // absolute path
	dir      string
	env      []string
	progress func(string) // told how far a transfer is; nil: nobody
	secrets  []string     // what no message may show
}

// guards come before every subcommand: settings by which the configuration of
// a repository could run a program or change what is printed.
var guards = []string{
	"--no-pager",
	"-c", "core.fsmonitor=false", // names a program to ask for changed files
	"-c", "core.hooksPath=/dev/null",
	"-c", "log.showSignature=false", // runs gpg.program for every signed commit
	"-c", "log.mailmap=false", // looks into HEAD's tree, which a treeless clone lacks
	"-c", "core.quotePath=false",
	"-c", "color.ui=false",
}

// kept are the variables of git that say where its configuration and programs
// are. The user set them for every repository (safe.directory often comes this
// way in CI), whereas the others speak of one repository or change the output.
var kept = []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES"}

// environment is the one that git gets; more are names that are kept too. Inside a git hook, GIT_DIR and its like
// point to the repository of the hook, whatever folder is asked for.
func environment(own []string, more ...string) []string {
	env := make([]string, 0, len(own)+8)
	for _, v := range own {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(strings.ToUpper(name), "GIT_") && !keeps(name) && !slices.Contains(more, name) || name == "LC_ALL" || name == "LANGUAGE" {
			continue
		}
		env = append(env, v)
	}
	return append(env,
		"LC_ALL=C", // classify reads what git says
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_NO_LAZY_FETCH=1",  // a partial clone must not go to the network …
		"GIT_ALLOW_PROTOCOL=:", // … nor with a git before 2.45, which does not know the line above
		"GIT_NO_REPLACE_OBJECTS=1",
	)
}

// below makes git look for a repository in dir and not above it.
func below(env []string, dir string) ([]string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	const name = "GIT_CEILING_DIRECTORIES="
	ceiling := name + filepath.Dir(abs)
	for _, v := range env {
		if rest, ok := strings.CutPrefix(v, name); ok {
			ceiling += string(filepath.ListSeparator) + rest
		}
	}
	return append(env, ceiling), nil
}

func keeps(name string) bool {
	return slices.Contains(kept, name) || strings.HasPrefix(name, "GIT_CONFIG_KEY_") || strings.HasPrefix(name, "GIT_CONFIG_VALUE_")
}

// CommandError says that git ended with an error.
type CommandError struct {
	Subcommand string
	Said       string // what git gives as the reason; "" where it gives none
	Err        error  // of os/exec
}

func (e *CommandError) Error() string {
	if e.Said == "" {
		return fmt.Sprintf("git %s: %v", e.Subcommand, e.Err)
	}
	return fmt.Sprintf("git %s: %s", e.Subcommand, e.Said)
}

func (e *CommandError) Unwrap() error { return e.Err }

// output returns all that git prints; for short answers.
func (c command) output(ctx context.Context, args ...string) (out []byte, err error) {
	err = c.stream(ctx, func(r *bufio.Reader) error {
		out, err = io.ReadAll(r)
		return err
	}, args...)
	return out, err
}

// stream lets read take in what git prints while git still works. A read that
// meets an early end returns io.ErrUnexpectedEOF, so that git's own words about
// it come first.
func (c command) stream(ctx context.Context, read func(*bufio.Reader) error, args ...string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, c.program, append(append([]string{"-C", c.dir}, guards...), args...)...)
	cmd.Env = c.env
	apart(cmd)
	cmd.WaitDelay = time.Second // to remove locks and half-written packs
	said := talk{progress: c.progress}
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("run git %s: %w", args[0], err)
	}
	if err := cmd.Start(); err != nil && ctx.Err() != nil {
		return fmt.Errorf("git %s: %w", args[0], ctx.Err())
	} else if err != nil {
		return &CommandError{Subcommand: args[0], Err: err}
	}
	readErr := read(bufio.NewReaderSize(out, 64<<10))
	cut := errors.Is(readErr, io.ErrUnexpectedEOF)
	if readErr != nil && !cut {
		stop()
	}
	waitErr := cmd.Wait()
	if ctx.Err() != nil {
		killRest(cmd)
	}
	switch {
	case readErr != nil && !cut:
		return fmt.Errorf("read git %s: %w", args[0], readErr)
	case ctx.Err() != nil:
		return fmt.Errorf("git %s: %w", args[0], ctx.Err())
	case waitErr != nil:
		return classify(&CommandError{Subcommand: args[0], Said: hide(said.verdict(), c.secrets), Err: waitErr}, said.String())
	case cut:
		return fmt.Errorf("read git %s: %w", args[0], readErr)
	}
	return nil
}

// classify finds the cause in what git said: its exit status is 128 for all.
func classify(err *CommandError, said string) error {
	switch {
	case strings.Contains(said, "not a git repository"):
		return fmt.Errorf("%w: %w", ErrNotRepo, err)
	case strings.Contains(said, "dubious ownership"), strings.Contains(said, "is owned by someone else"):
		return fmt.Errorf("%w: %w", ErrOwner, err)
	}
	if cause := remoteCause(said); cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}
