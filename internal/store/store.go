package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Options configures a Store.
type Options struct {
	Notice func(text string) // what a user should know, such as waiting for a lock; nil: nobody looks
}

// Store is an open store. Its methods may be called by any number of goroutines.
type Store struct {
	place  string // for messages
	path   string // of the file; "" for a database
	notice func(string)
	setup  setup
	engine *engine

	read  *sql.DB
	write *sql.DB // one connection for SQLite; the same as read for PostgreSQL; nil: open to read only

	// journal: commits wait for readers, since the file has no write-ahead log.
	journal bool
}

// setup is what tests change.
type setup struct {
	migrations []string
	waitNotice time.Duration       // until a user is told that the store is locked
	waitBusy   time.Duration       // until we give up
	network    func(string) string // the kind of network file system that a path lies on; "": none
	now        func() time.Time
}

func defaults() setup {
	return setup{migrations: migrations(), waitNotice: time.Second, waitBusy: 5 * time.Second, network: network, now: time.Now}
}

// Open opens the store at a location, the path of a file or a postgres:// URL,
// to read and write. Where there is none it makes one; one of an older version
// is brought up to date, a SQLite file after a copy was made beside it. What is
// there and is no store is never overwritten.
func Open(ctx context.Context, location string, o Options) (*Store, error) {
	return open(ctx, location, o, defaults())
}

func open(ctx context.Context, location string, o Options, with setup) (*Store, error) {
	s, err := connect(ctx, location, o, with, true)
	if err != nil {
		return nil, err
	}
	err = s.migrate(ctx)
	if err == nil {
		err = s.prune(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Look opens a store to read it. The error wraps ErrNone where there is none.
// Nothing is made or changed; a store of an older version is refused.
func Look(ctx context.Context, location string) (*Store, error) {
	return look(ctx, location, defaults())
}

func look(ctx context.Context, location string, with setup) (*Store, error) {
	s, err := connect(ctx, location, Options{}, with, false)
	if err != nil {
		return nil, err
	}
	version, err := s.engine.version(ctx, s)
	switch {
	case err != nil:
	case version == 0:
		err = &failure{kind: ErrNone, text: "there is no store in " + s.place}
	case version < len(with.migrations):
		err = refused("the store %s has version %d and is read as version %d; a sync brings it up to date", s.place, version, len(with.migrations))
	}
	if err != nil {
		return nil, errors.Join(s.failed(ctx, "open the store", err), s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, location string, o Options, with setup, write bool) (*Store, error) {
	s := &Store{notice: o.Notice, setup: with}
	if s.notice == nil {
		s.notice = func(string) {}
	}
	var err error
	if strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://") {
		err = s.openPostgres(location, write)
	} else {
		err = s.openSQLite(ctx, location, write)
	}
	if err == nil && s.engine.prepare != nil {
		err = s.engine.prepare(ctx, s)
	}
	if err != nil {
		return nil, errors.Join(s.failed(ctx, "open the store", err), s.Close())
	}
	return s, nil
}

// Close releases the store.
func (s *Store) Close() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil && s.write != s.read {
		errs = append(errs, s.write.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return &failure{text: "close the store " + s.place, cause: err}
	}
	return nil
}

// Place says where the store is: a path, or a URL without its password.
func (s *Store) Place() string { return s.place }

// retries is how often a transaction is tried again that met another one, or
// whose connection broke (rel/S10).
const retries = 5

// update runs one writing transaction, again if need be: do must start anew
// each time, and must be the same when it finds its work done already, since a
// connection may break after the commit and before its answer.
func (s *Store) update(ctx context.Context, act string, do func(*tx) error) error {
	if s.write == nil {
		return &failure{text: act + ": the store " + s.place + " is open to read only"}
	}
	return s.again(ctx, act, func() error {
		began, err := s.begin(ctx, s.write, nil)
		if err != nil {
			return err
		}
		defer began.Rollback() // after a commit it does nothing
		if err := do(began); err != nil {
			return err
		}
		if !s.journal {
			return began.Commit()
		}
		defer s.saidLater()()
		return began.Commit()
	})
}

// ask runs one reading transaction, which sees one instant.
func (s *Store) ask(ctx context.Context, act string, do func(*tx) error) error {
	return s.again(ctx, act, func() error {
		began, err := s.begin(ctx, s.read, s.reading())
		if err != nil {
			return err
		}
		defer began.Rollback()
		return do(began)
	})
}

func (s *Store) reading() *sql.TxOptions {
	return &sql.TxOptions{ReadOnly: true, Isolation: s.engine.snapshot}
}

// again tries until it works, the engine sees no hope, or ctx ends.
func (s *Store) again(ctx context.Context, act string, try func() error) error {
	pause := 10 * time.Millisecond
	for n := 0; ; n++ {
		err := try()
		if err == nil || n == retries || ctx.Err() != nil || ours(err) || !s.engine.retry(err) {
			return s.failed(ctx, act, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", act, ctx.Err())
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause *= 3
	}
}

// begin starts a transaction. Who waits for longer than a second is told so
// (rel/S3).
func (s *Store) begin(ctx context.Context, db *sql.DB, o *sql.TxOptions) (*tx, error) {
	defer s.saidLater()()
	began, err := db.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	t := &tx{began, s}
	if s.engine.session != "" {
		if _, err := t.ExecContext(ctx, s.engine.session); err != nil {
			return nil, errors.Join(err, t.Rollback())
		}
	}
	return t, nil
}

// saidLater tells the user that we wait, unless stop is called in time.
func (s *Store) saidLater() (stop func()) {
	timer := time.AfterFunc(s.setup.waitNotice, func() { s.notice(fmt.Sprintf("waiting for the store %s", s.place)) })
	return func() { timer.Stop() }
}
