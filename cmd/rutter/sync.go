package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/collect"
	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/github"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/store"
)

// clonesDir is where a site's folder keeps the histories of its services.
const clonesDir = ".rutter/clones"

type syncFlags struct {
	services           []string
	maxWait            time.Duration
	full, dryRun, fork bool
}

func newSync() *cobra.Command {
	var f syncFlags
	c := &cobra.Command{
		Use:   "sync",
		Short: "Collect deliveries from GitHub and git into the store",
		Long: `Sync collects what the services of the site rest on: pull requests, deployments,
releases, workflow runs and incidents of GitHub, and the history of every
repository. It goes on where the last run ended, never takes anything away from
the store, and says of every list whether it is complete.

The token comes from GH_TOKEN, GITHUB_TOKEN or gh auth token, or from a GitHub
App: RUTTER_APP_ID and RUTTER_APP_KEY_FILE.

Exit codes: 0 everything is complete; 1 mistakes in a service page; 2 usage or
mistakes in site.yaml; 3 not complete, what came is kept; 4 the token or the
certificate was refused; 5 the store; 130 interrupted, what came is kept.`,
		Example: `  rutter sync
  rutter sync --service checkout --max-wait 1h
  rutter sync --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.services, "service", nil, "only these services")
	flags.DurationVar(&f.maxWait, "max-wait", 15*time.Minute, "the longest wait for a limit; a longer one ends the run")
	flags.BoolVar(&f.full, "full", false, "list everything anew, to find what is gone or was missed")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be asked and what that costs, and collect nothing")
	flags.BoolVar(&f.fork, "from-fork", false, "run even for a pull request from a fork, whose author then decides what is asked with the token")
	return c
}

func (f *syncFlags) run(c *cobra.Command) error {
	if err := refuseFork(os.Getenv); err != nil && !f.fork {
		return err
	}
	site, services, err := f.plan(c)
	if err != nil {
		return err
	}
	ctx, errs := c.Context(), c.ErrOrStderr()
	if len(services) == 0 {
		fmt.Fprintln(errs, "no service names a repository elsewhere; nothing to collect")
		return nil
	}
	shown := newProgress(errs)
	defer shown.close()
	opts := collect.Options{
		Services: services, Origin: site.GitHub.APIURL, Web: github.WebURL(site.GitHub.APIURL), CAFile: site.GitHub.CAFile,
		Clones: filepath.FromSlash(clonesDir), Full: f.full, Who: who(), Progress: shown.step,
	}
	if f.dryRun {
		return f.estimate(ctx, c.OutOrStdout(), site, opts, shown.say)
	}
	place := site.store
	if place == "" {
		return usage("metrics.store names no store; set the environment variable that it speaks of")
	}
	if opts.Store, err = store.Open(ctx, place, store.Options{Notice: shown.say}); err != nil {
		return err
	}
	defer opts.Store.Close()
	if opts.GitHub, err = f.client(site, services, opts.Store, shown.say); err != nil {
		return err
	}
	shown.usage = opts.GitHub
	summary, err := collect.Run(ctx, opts)
	shown.close()
	if werr := writeSummary(c.OutOrStdout(), summary, site.TimeZone); err == nil {
		err = werr
	}
	return syncVerdict(ctx, errs, summary, err)
}

// collected is what sync needs to know of the site.
type collected struct {
	config.Config
	store string
}

// plan reads the services of the site. Mistakes in pages that are none of them
// are the business of build and check.
func (f *syncFlags) plan(c *cobra.Command) (collected, []dora.Service, error) {
	b, err := build.Open(c.Context(), build.Options{ServicesOnly: true})
	if err != nil {
		return collected{}, nil, err
	}
	defer b.Close()
	services := b.Collected()
	found := b.DeliveryFindings()
	if err := found.WriteText(c.ErrOrStderr()); err != nil {
		return collected{}, nil, err
	}
	switch {
	case b.Result().ConfigErrors:
		return collected{}, nil, &exitError{code: exitUsage}
	case found.HasErrors():
		return collected{}, nil, &exitError{code: exitContent}
	}
	var names []string
	for _, s := range services {
		names = append(names, s.Name)
	}
	for _, want := range f.services {
		if !slices.Contains(names, want) {
			return collected{}, nil, usage("--service: no service %q has a repository elsewhere; known: %s", want, strings.Join(names, ", "))
		}
	}
	if len(f.services) > 0 {
		services = slices.DeleteFunc(services, func(s dora.Service) bool { return !slices.Contains(f.services, s.Name) })
	}
	return collected{b.Config, b.StorePlace()}, services, nil
}

// client is one for the API of the site, nil where no service needs it.
func (f *syncFlags) client(site collected, services []dora.Service, validators github.Validators, say func(string)) (*github.Client, error) {
	onGitHub := slices.ContainsFunc(services, func(s dora.Service) bool {
		return slices.ContainsFunc(s.Repos, func(r string) bool { return handbook.PlaceOf(r) == handbook.OnGitHub })
	})
	if !onGitHub {
		return nil, nil
	}
	credentials, err := github.FromEnvironment(os.Getenv, site.GitHub.APIURL)
	if err != nil {
		return nil, err
	}
	return github.New(github.Options{
		APIURL: site.GitHub.APIURL, API: site.GitHub.API, CAFile: site.GitHub.CAFile, Credentials: credentials,
		Validators: validators, MaxWait: f.maxWait, Notice: say, Agent: "rutter/" + version(),
	})
}

// syncVerdict says how a run ended, and turns it into an exit code.
func syncVerdict(ctx context.Context, errs io.Writer, s *collect.Summary, err error) error {
	var limit *github.LimitError
	switch {
	case err != nil && ctx.Err() != nil:
		fmt.Fprintln(errs, "rutter: interrupted; everything above is kept, and the next rutter sync goes on from there")
		return &exitError{code: exitInterrupted}
	case errors.As(err, &limit):
		return &exitError{exitIncomplete, fmt.Errorf("%w: run rutter sync again then, what came is kept", err)}
	case err != nil:
		return err
	case !s.Complete():
		return &exitError{exitIncomplete, errors.New("not complete; what came is kept, and the site says what is missing")}
	}
	return nil
}

// who is the name under which this process takes part.
func who() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("process %d on %s", os.Getpid(), host)
}

// refuseFork keeps the token from a pull request of a stranger: what to ask
// would be the stranger's choice (rel/T13).
func refuseFork(env func(string) string) error {
	if !strings.HasPrefix(env("GITHUB_EVENT_NAME"), "pull_request") {
		return nil
	}
	data, err := os.ReadFile(env("GITHUB_EVENT_PATH"))
	if err != nil {
		return nil // no event to judge by
	}
	type repo struct {
		Repo struct {
			Name string `json:"full_name"`
		} `json:"repo"`
	}
	var event struct {
		Pull struct {
			Head repo `json:"head"`
			Base repo `json:"base"`
		} `json:"pull_request"`
	}
	if err := json.Unmarshal(data, &event); err != nil || event.Pull.Head.Repo.Name == event.Pull.Base.Repo.Name {
		return nil
	}
	return usage("sync does not run for a pull request from a fork: it would ask what the fork's pages say, with your token; run it on the main branch, or pass --from-fork")
}

// estimate prints what a run would ask and what that costs.
func (f *syncFlags) estimate(ctx context.Context, w io.Writer, site collected, opts collect.Options, say func(string)) error {
	var err error
	var validators github.Validators
	if opts.Store, err = store.Look(ctx, site.store); err == nil {
		defer opts.Store.Close()
	} else if !errors.Is(err, store.ErrNone) {
		return err
	}
	if opts.GitHub, err = f.client(site, opts.Services, validators, say); err != nil {
		return err
	}
	questions, err := collect.Estimate(ctx, opts)
	if err != nil {
		return err
	}
	return writeEstimate(w, questions, opts.GitHub)
}
