package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/dora"
)

// TestDumpOfThisVersion writes testdata/v<n>.sql for the version of today, once:
// remove the file while a version is not released, never afterwards.
func TestDumpOfThisVersion(t *testing.T) {
	t.Parallel()
	name := fmt.Sprintf("testdata/v%d.sql", len(migrations()))
	if _, err := os.Stat(name); err == nil {
		return
	}
	place := filepath.Join(t.TempDir(), "store.db")
	s := mustOpen(t, place)
	if _, err := s.Import(t.Context(), parsed(t, everyKind)); err != nil {
		t.Fatal(err)
	}
	repo := mustRegister(t, s, Repository{Name: "acme/web"})
	mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Cursor: []byte("cursor")})
	s.Close()
	db, err := sql.Open("sqlite", place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var dump strings.Builder
	fmt.Fprintf(&dump, "-- A store of version %d, to be opened by all later releases.\nPRAGMA application_id = %d;\n", len(migrations()), application)
	for _, table := range []string{"meta", "repositories", "names", "choices", "lists", "records", "spans", "claims", "validators"} {
		var create string
		if err := db.QueryRow("SELECT sql FROM sqlite_schema WHERE name = ?", table).Scan(&create); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&dump, "%s;\n", create)
		dumpRows(t, &dump, db, table)
	}
	var index string
	if err := db.QueryRow("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").Scan(&index); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&dump, "%s;\n", index)
	if err := os.WriteFile(name, []byte(dump.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s was not there and is written; run the tests again", name)
}

func dumpRows(t *testing.T, dump *strings.Builder, db *sql.DB, table string) {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, v := range values {
			switch v := v.(type) {
			case []byte:
				texts = append(texts, fmt.Sprintf("x'%x'", v))
			case string:
				texts = append(texts, "'"+strings.ReplaceAll(v, "'", "''")+"'")
			case nil:
				texts = append(texts, "NULL")
			default:
				texts = append(texts, fmt.Sprint(v))
			}
		}
		fmt.Fprintf(dump, "INSERT INTO %s VALUES (%s);\n", table, strings.Join(texts, ", "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
