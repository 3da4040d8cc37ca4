// Command rutter builds a handbook, joined to the delivery data of its teams,
// into a static site. See rutter help, README.md and docs/.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/github"
	"github.com/rutter-dev/rutter/internal/publish"
	"github.com/rutter-dev/rutter/internal/store"
)

// The exit codes, of every command (docs/commands.md).
const (
	exitOK          = 0
	exitContent     = 1
	exitUsage       = 2
	exitIncomplete  = 3
	exitAuth        = 4
	exitStore       = 5
	exitOutput      = 6
	exitInternal    = 70
	exitInterrupted = 130
)

func main() {
	boundMemory()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs one command and returns its exit code.
func run(args []string, in io.Reader, out, errs io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(errs, "rutter: internal error: %v\nThis is a mistake in rutter, not in your handbook. Please report it with the command and this text.\n", p)
			code = exitInternal
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var known *exitError
	switch {
	case errors.As(err, &known):
		if known.err != nil {
			fmt.Fprintf(errs, "rutter: %v\n", known.err)
		}
		return known.code
	case ctx.Err() != nil:
		fmt.Fprintln(errs, "rutter: interrupted; what was published before is as it was")
		return exitInterrupted
	}
	fmt.Fprintf(errs, "rutter: %v\n", err)
	var auth *github.AuthError
	var tls *github.TLSError
	switch {
	case errors.As(err, &auth), errors.As(err, &tls):
		return exitAuth
	case errors.Is(err, store.ErrNone):
		return exitUsage
	case errors.Is(err, store.ErrStore):
		return exitStore
	case errors.Is(err, publish.ErrOutput):
		return exitOutput
	case errors.Is(err, publish.ErrNotOurs), errors.Is(err, build.ErrFolder):
		return exitUsage
	case errors.Is(err, build.ErrDiffers):
		return exitInternal
	}
	return exitContent
}

// exitError ends a command with an exit code. Without an error everything has
// been said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

func newRoot() *cobra.Command {
	var dir string
	root := &cobra.Command{
		Use:   "rutter",
		Short: "A handbook, joined to the truth about how its teams deliver",
		Long: `Rutter renders a folder of Markdown and the delivery history of its teams into
one static site. It needs no server; only sync goes to the network.

Exit codes: 0 fine, warnings too; 1 mistakes in content or templates; 2 usage
or configuration; 3 sync is not complete; 4 token or certificate; 5 store; 6
output or disk; 70 internal error; 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if dir == "" {
				return nil
			}
			if err := os.Chdir(dir); err != nil {
				return usage("-C: %v", err)
			}
			return nil
		},
	}
	root.PersistentFlags().StringVarP(&dir, "directory", "C", "", "run as if started in this folder")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usage("%v; see %s --help", err, c.CommandPath()) })
	root.AddCommand(newBuild(), newServe(), newCheck(), newSync(), newMetrics(), newExplain(), newNew(), newInit(), newOwners(), newDiff(), newSchema(), newExport(), newImport(), newStore(), newVersion())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Args == nil {
			c.Args = noArgs
		}
	}
	root.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		if near := diag.Nearest(args[0], names); near != "" {
			return usage("there is no command %q; did you mean %s?", args[0], near)
		}
		return usage("there is no command %q; see rutter help", args[0])
	}
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return root
}

func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no %q; see %[1]s --help", c.CommandPath(), args[0])
	}
	return nil
}
