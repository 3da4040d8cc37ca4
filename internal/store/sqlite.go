package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"modernc.org/sqlite"
)

// application is the mark of our SQLite files, "Rutt".
const application = 0x52757474

// leastSQLite is the first version without the race that could lose a reset of
// the write-ahead log (rel/S9).
var leastSQLite = [3]int{3, 51, 3}

// sqliteEngine is SQLite, in one file on this machine.
func sqliteEngine() *engine {
	return &engine{
		types: strings.NewReplacer("{text}", "TEXT", "{int}", "INTEGER", "{blob}", "BLOB",
			"{serial}", "INTEGER PRIMARY KEY", "{table}", " STRICT", "{keyed}", " STRICT, WITHOUT ROWID"),
		explain: explainSQLite,
		retry:   func(error) bool { return false }, // SQLite has waited already
		lock:    lockSQLite,
		version: sqliteVersion,
		check:   checkSQLite,
	}
}

// openSQLite opens the file at path. Only writers make one.
func (s *Store) openSQLite(ctx context.Context, path string, write bool) error {
	s.place, s.engine = path, sqliteEngine()
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	s.path = abs
	exists, err := s.inspect(write)
	if err != nil {
		return err
	}
	if !exists {
		if !write {
			return &failure{kind: ErrNone, text: "there is no store at " + path}
		}
		if err := s.create(ctx); err != nil {
			return err
		}
	}
	if write {
		s.read, err = s.openFile("rw", "_query_only=1")
	} else {
		s.read, err = s.openReader()
	}
	if err != nil {
		return err
	}
	if err := usable(ctx, s.read); err != nil || !write {
		return err
	}
	mode := "WAL"
	if kind := s.setup.network(s.path); kind != "" {
		mode, s.journal = "DELETE", true
		s.notice(fmt.Sprintf("the store %s is on a network file system (%s), where only one machine at a time may use it, and more slowly", path, kind))
	}
	// The file is not touched before its tables are known to be ours: the
	// connection is made by the first transaction.
	if s.write, err = s.openFile("rw", "_txlock=immediate", "_pragma=foreign_keys(1)", "_journal_mode="+mode); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	return nil
}

// openReader opens the file to read. On a medium that cannot be written SQLite
// finds no place for its log and has to be told that none is needed.
func (s *Store) openReader() (*sql.DB, error) {
	if _, err := os.Stat(s.path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		if f, err := os.CreateTemp(filepath.Dir(s.path), ".rutter-*"); err != nil {
			return s.openFile("ro", "immutable=1")
		} else if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			return nil, err
		}
	}
	return s.openFile("rw", "_query_only=1")
}

// openFile opens the file; nothing is read before the first statement.
func (s *Store) openFile(mode string, params ...string) (*sql.DB, error) {
	path := filepath.ToSlash(s.path)
	if runtime.GOOS == "windows" {
		path = "/" + path
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: path}
	common := []string{
		"mode=" + mode, "_defensive=1", "_dqs=0", fmt.Sprintf("_busy_timeout=%d", s.setup.waitBusy.Milliseconds()),
		"_pragma=trusted_schema(0)", "_pragma=cell_size_check(1)", "_pragma=synchronous(FULL)",
	}
	return sql.Open("sqlite", name.String()+"?"+strings.Join(append(common, params...), "&"))
}

// usable makes the first connection and asks which SQLite it is.
func usable(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if !newEnough(version) {
		return refused("this program has SQLite %s, which can lose data; it needs %d.%d.%d or newer", version, leastSQLite[0], leastSQLite[1], leastSQLite[2])
	}
	return nil
}

func newEnough(version string) bool {
	parts := strings.Split(version, ".")
	var have [3]int
	for i := range min(3, len(parts)) {
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return false
		}
		have[i] = n
	}
	return slices.Compare(have[:], leastSQLite[:]) >= 0
}

// create makes an empty store beside the path and then gives it that name, so
// that a crash leaves none or a whole one, and nothing is ever overwritten.
func (s *Store) create(ctx context.Context) error {
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(s.path)+".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // its other name is the store
	if err := f.Close(); err != nil {
		return err
	}
	fresh := &Store{place: s.place, path: f.Name(), setup: s.setup, engine: s.engine, notice: s.notice}
	if fresh.write, err = fresh.openFile("rw", fmt.Sprintf("_pragma=application_id(%d)", application)); err != nil {
		return err
	}
	err = fresh.upgrade(ctx, 0)
	if err := errors.Join(err, fresh.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), s.path)
	if _, there := os.Lstat(s.path); err != nil && errors.Is(there, fs.ErrNotExist) {
		err = os.Rename(f.Name(), s.path) // a file system without links
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	syncFolder(dir)
	return nil
}

// syncFolder puts a new name on disk, where folders can be synced.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

// backup copies the store before its tables are changed (rel/S6).
func (s *Store) backup(ctx context.Context, version int) error {
	name := fmt.Sprintf("%s.v%d-%s", s.path, version, s.setup.now().UTC().Format("20060102T150405.000"))
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO ?", name); err != nil {
		return err
	}
	s.notice(fmt.Sprintf("the store %s is brought from version %d to %d; %s keeps it as it was", s.place, version, len(s.setup.migrations), name))
	return nil
}

// sqliteVersion is the version whose tables, and nothing else, the file has
// (rel/T14): a trigger or a view would run with our rights.
func sqliteVersion(ctx context.Context, s *Store) (int, error) {
	have, err := objects(ctx, s.read)
	if err != nil {
		return 0, err
	}
	var want []string
	for v := len(s.setup.migrations); v > 0; v-- {
		if want, err = expected(ctx, s.setup.migrations[:v]); err != nil {
			return 0, err
		}
		if slices.Equal(have, want) {
			return s.metaVersion(ctx, v)
		}
	}
	if slices.Contains(have, want[slices.IndexFunc(want, isMeta)]) {
		v, err := s.metaVersion(ctx, 0)
		if err != nil || v > len(s.setup.migrations) {
			return v, err
		}
	}
	strange := "something is missing"
	for _, o := range have {
		if !slices.Contains(want, o) {
			strange = strings.Join(strings.SplitN(o, "\t", 3)[:2], " ")
			break
		}
	}
	return 0, refused("the store %s does not have the tables of a store (%s); somebody else has changed it", s.place, strange)
}

// lockSQLite has nothing to lock: a writing transaction is alone. Version 0 is
// a file that is just being made.
func lockSQLite(ctx context.Context, t *tx, version int) (int, error) {
	if version == 0 {
		return 0, nil
	}
	return t.version(ctx)
}

func isMeta(object string) bool { return strings.HasPrefix(object, "table\tmeta\t") }

// metaVersion reads the version that the store says it has: want, or another
// one that only newer programs know.
func (s *Store) metaVersion(ctx context.Context, want int) (int, error) {
	var text string
	err := s.read.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'version'").Scan(&text)
	v, bad := strconv.Atoi(text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, damaged("the store %s does not say its version", s.place)
	case err != nil:
		return 0, err
	case bad == nil && v > len(s.setup.migrations):
		return 0, newer(s.place, v, len(s.setup.migrations))
	case bad != nil, want != 0 && v != want:
		return 0, damaged("the store %s says that its version is %q, and has the tables of another", s.place, text)
	}
	return v, nil
}

// newer is a store of a program that we are too old for (rel/S7).
func newer(place string, has, know int) error {
	return refused("the store %s has version %d, and this program knows versions up to %d; use the release of rutter that wrote it, or a later one", place, has, know)
}

// objects lists all that a file declares.
func objects(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var o [4]string
		if err := rows.Scan(&o[0], &o[1], &o[2], &o[3]); err != nil {
			return nil, err
		}
		list = append(list, strings.Join(o[:], "\t"))
	}
	slices.Sort(list)
	return list, rows.Err()
}

// expected lists what a store declares after some migrations.
func expected(ctx context.Context, migrations []string) ([]string, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, m := range migrations {
		if _, err := db.ExecContext(ctx, sqliteEngine().types.Replace(m)); err != nil {
			return nil, err
		}
	}
	return objects(ctx, db)
}

// checkSQLite asks SQLite itself.
func checkSQLite(ctx context.Context, s *Store) ([]string, error) {
	var found []string
	for _, pragma := range []string{"integrity_check(20)", "foreign_key_check"} {
		rows, err := s.read.QueryContext(ctx, "PRAGMA "+pragma)
		if err != nil {
			return nil, err
		}
		columns, err := rows.Columns()
		for err == nil && rows.Next() {
			row := make([]sql.NullString, len(columns))
			into := make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err = rows.Scan(into...); err == nil && row[0].String != "ok" {
				found = append(found, "SQLite says: "+row[0].String)
			}
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// The result codes of SQLite that we have words for.
const (
	sqliteBusy     = 5
	sqliteLocked   = 6
	sqliteReadOnly = 8
	sqliteCorrupt  = 11
	sqliteFull     = 13
	sqliteCantOpen = 14
	sqliteNotADB   = 26
)

// room is what a page takes at most, with the log.
const room = "16 MiB"

func explainSQLite(place string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	f := &failure{cause: err}
	switch e.Code() & 0xff {
	case sqliteBusy, sqliteLocked:
		return &BusyError{Place: place}
	case sqliteReadOnly:
		f.text = "the store " + place + " cannot be written"
	case sqliteCorrupt, sqliteNotADB:
		f.kind, f.text = ErrDamaged, "the store "+place+" is damaged"
	case sqliteFull:
		f.text = "no space left on the disk of the store " + place + ", which needs " + room + " to go on; what was written is safe"
	case sqliteCantOpen:
		f.text = "the store " + place + " cannot be opened"
	default:
		return nil
	}
	return f
}
