package postgrestest

import (
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	first, second := URL(t), URL(t)
	if first == second {
		t.Errorf("the same database twice: %s", first)
	}
	name := first[strings.LastIndexByte(first, '/')+1:]
	out, err := shared.tool("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--dbname="+name,
		"--command=SELECT current_database(), current_setting('server_encoding'), current_setting('fsync')").CombinedOutput()
	if want := name + "|UTF8|off\n"; err != nil || string(out) != want {
		t.Errorf("psql says %q, %v; want %q", out, err, want)
	}
}

func TestOtherEncodings(t *testing.T) {
	t.Parallel()
	url := Encoded(t, "SQL_ASCII")
	name := url[strings.LastIndexByte(url, '/')+1:]
	out, err := shared.tool("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--dbname="+name, "--command=SHOW server_encoding").CombinedOutput()
	if want := "SQL_ASCII\n"; err != nil || string(out) != want {
		t.Errorf("psql says %q, %v; want %q", out, err, want)
	}
}
