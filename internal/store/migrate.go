package store

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var files embed.FS

// migrations are the steps from nothing to the tables of today, in order. A
// released one is never changed.
func migrations() []string {
	var list []string
	for n := 1; ; n++ {
		text, err := files.ReadFile(fmt.Sprintf("migrations/%d.sql", n))
		if err != nil {
			return list
		}
		list = append(list, string(text))
	}
}

// migrate brings the store to the version of this program.
func (s *Store) migrate(ctx context.Context) error {
	version, err := s.engine.version(ctx, s)
	if err == nil && version < len(s.setup.migrations) {
		if s.path != "" {
			err = s.backup(ctx, version)
		}
		if err == nil {
			return s.upgrade(ctx, version)
		}
	}
	return s.failed(ctx, "open the store", err)
}

// upgrade runs all steps after a version in one transaction: a crash leaves the
// old tables or the new ones (rel/S6).
func (s *Store) upgrade(ctx context.Context, from int) error {
	return s.update(ctx, "bring the store up to date", func(t *tx) error {
		from, err := s.engine.lock(ctx, t, from) // somebody may have been quicker
		if err != nil {
			return err
		}
		for _, m := range s.setup.migrations[min(from, len(s.setup.migrations)):] {
			for statement := range strings.SplitSeq(s.engine.types.Replace(m), ";\n") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := t.exec(ctx, statement); err != nil {
					return err
				}
			}
		}
		if from == 0 {
			if err := t.setMeta(ctx, "catalogue", digest{}.String()); err != nil {
				return err
			}
		}
		return t.setMeta(ctx, "version", strconv.Itoa(max(from, len(s.setup.migrations))))
	})
}

// version reads the version of the tables; 0 where there are none.
func (t *tx) version(ctx context.Context) (int, error) {
	var text string
	if err := t.row(ctx, "SELECT value FROM meta WHERE name = 'version'").Scan(&text); err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

func (t *tx) setMeta(ctx context.Context, name, value string) error {
	_, err := t.exec(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
