package store

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
)

// record is one row of a list.
type record struct {
	id      string
	version int64 // when the source last changed it; 0: it does not say
	line    []byte
	hash    sum
}

// nobody stands in lines for the repository, which may get another name.
const nobody = "-"

// The limits of what is kept. A longer id goes into keys in part, with its sum:
// PostgreSQL's indexes take no more than 2,700 bytes.
const (
	maxText = 4 << 10
	maxLine = 1 << 20
	maxKey  = 500
)

// records turns events into rows. Of two with one id the newer counts, else the
// later one. An event that could not be read back is an error that names it.
func records(repository int64, resource string, e dora.Events) ([]record, error) {
	var list []record
	at := map[string]int{}
	add := func(id string, updated time.Time, event any) {
		r := record{id: key(id), line: events.Line(event)}
		if !updated.IsZero() {
			r.version = updated.Unix()
		}
		i, twice := at[r.id]
		switch {
		case !twice:
			at[r.id] = len(list)
			list = append(list, r)
		case r.version >= list[i].version:
			list[i] = r
		}
	}
	for _, c := range e.Commits {
		c = clean(c)
		c.Repo = nobody
		add(c.SHA, time.Time{}, c)
	}
	for _, d := range e.Deployments {
		d = clean(d)
		d.Repo = nobody
		add(deploymentID(d), d.UpdatedAt, d)
	}
	for _, c := range e.Changes {
		c = fit(clean(c))
		c.Repo = nobody
		add(c.ID, c.UpdatedAt, c)
	}
	for _, i := range e.Incidents {
		i = clean(i)
		i.Repo = nobody
		add(i.ID, i.UpdatedAt, i)
	}
	for i, r := range list {
		list[i].hash = rowSum("records", repository, resource, r)
	}
	return list, readable(list)
}

// readable checks that what is written can be read back.
func readable(list []record) error {
	var text bytes.Buffer
	for _, r := range list {
		if r.id == "" {
			return fmt.Errorf("%w: it has no id: %.200s", ErrRecord, r.line)
		}
		text.Write(r.line)
		text.WriteByte('\n')
	}
	var found diag.List
	if _, err := events.Parse(&text, "", &found); err != nil {
		return err
	}
	for _, f := range found.All() {
		if f.Severity == diag.Error && f.Pos.Line > 0 {
			return fmt.Errorf("%w: %s: %.200s", ErrRecord, f.Message, list[min(f.Pos.Line, len(list))-1].line)
		}
	}
	return nil
}

// deploymentID tells deployments apart. The ids of GitHub do, with the attempt
// of a run; those of files only within their service and environment.
func deploymentID(d dora.Deployment) string {
	id := d.ID
	if d.Attempt > 0 {
		id += fmt.Sprintf("/%d", d.Attempt)
	}
	if d.ID != "" && (d.Source == "" || d.Source == dora.File) {
		return fmt.Sprintf("%q %q %s", d.Service, d.Environment, id)
	}
	return id
}

// key is a text as a key.
func key(text string) string { return cut(text, maxKey) }

// cut shortens a text, and marks where: texts that differ stay different.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	whole := sha256.Sum256([]byte(text))
	mark := fmt.Sprintf("… (cut: %d bytes, sha256 %x)", len(text), whole[:8])
	end := most - len(mark)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}

// clean makes the texts of an event such as both engines keep (rel/S14). The
// lists of the given one stay as they are.
func clean[T any](event T) T {
	cleanValue(reflect.ValueOf(&event).Elem())
	return event
}

func cleanValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); dirty(s) {
			v.SetString(cleanText(s))
		}
	case reflect.Struct:
		if _, isTime := v.Interface().(time.Time); isTime {
			return
		}
		for i := range v.NumField() {
			cleanValue(v.Field(i))
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			cleanValue(own.Index(i))
		}
		v.Set(own)
	}
}

func dirty(s string) bool {
	return len(s) > maxText || strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)
}

func cleanText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return cut(strings.ReplaceAll(s, "\x00", "\u2400"), maxText)
}

// fit shortens the lists of a change until its line can be read back.
func fit(c dora.Change) dora.Change {
	for len(events.Line(c)) > maxLine-64 { // the repository's name comes on top
		name := "reviews"
		switch most := max(len(c.Files), len(c.Commits), len(c.Reviews)); {
		case most <= 1:
			return c
		case most == len(c.Files):
			name, c.Files = "files", c.Files[:most/2]
		case most == len(c.Commits):
			name, c.Commits = "commits", c.Commits[:most/2]
		default:
			c.Reviews = c.Reviews[:most/2]
		}
		if !slices.Contains(c.Truncated, name) {
			c.Truncated = append(slices.Clip(c.Truncated), name)
			slices.Sort(c.Truncated)
		}
	}
	return c
}

// sum is a SHA-256.
type sum [sha256.Size]byte

// hasher sums values so that no two lists of values look the same.
type hasher struct{ hash.Hash }

func newHasher(kind string) hasher {
	h := hasher{sha256.New()}
	h.text(kind)
	return h
}

func (h hasher) number(n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}

func (h hasher) text(s string) {
	h.number(int64(len(s)))
	h.Write([]byte(s))
}

func (h hasher) sum() (s sum) {
	h.Sum(s[:0])
	return s
}

// rowSum is the sum of a row of the given table.
func rowSum(table string, repository int64, resource string, r record) sum {
	h := newHasher(table)
	h.number(repository)
	h.text(resource)
	h.text(r.id)
	h.number(r.version)
	h.number(int64(len(r.line)))
	h.Write(r.line)
	return h.sum()
}

// digest sums a set of rows, of which none can then be lost or added unseen.
type digest struct {
	rows int64
	sum  sum // XOR of theirs
}

func (d *digest) add(s sum) {
	d.rows++
	d.toggle(s)
}

func (d *digest) remove(s sum) {
	d.rows--
	d.toggle(s)
}

func (d *digest) toggle(s sum) { subtle.XORBytes(d.sum[:], d.sum[:], s[:]) }

func (d digest) String() string { return fmt.Sprintf("%d %x", d.rows, d.sum) }

// parseDigest reads what String writes.
func parseDigest(text string) (d digest, err error) {
	rows, hash, _ := strings.Cut(text, " ")
	if _, err = fmt.Sscanf(rows, "%d", &d.rows); err != nil {
		return d, err
	}
	b, err := hex.DecodeString(hash)
	if err != nil || copy(d.sum[:], b) != len(d.sum) || d.String() != text {
		return d, fmt.Errorf("%q is no digest", text)
	}
	return d, nil
}
