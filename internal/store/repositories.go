package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// Repository is a repository that the store knows.
type Repository struct {
	ID        int64  // within this store
	Name      string // current name, "acme/pay"; "" holds the events that name no repository
	Origin    string // API address it was read from, "https://api.github.com/"; "": imported, or plain git
	OriginID  string // numeric id there: identity across renames
	Private   bool
	Branch    string    // tracked branch
	CreatedAt time.Time // zero: not known
}

const repositoryColumns = "id, name, origin, origin_id, private, branch, created_at"

func scanRepository(row interface{ Scan(...any) error }) (*Repository, error) {
	var r Repository
	var private, created int64
	if err := row.Scan(&r.ID, &r.Name, &r.Origin, &r.OriginID, &private, &r.Branch, &created); err != nil {
		return nil, err
	}
	r.Private = private != 0
	if created != 0 {
		r.CreatedAt = time.Unix(created, 0).UTC()
	}
	return &r, nil
}

// sum is the sum of the row.
func (r Repository) sum() sum {
	h := newHasher("repository")
	h.number(r.ID)
	h.text(r.Name)
	h.text(r.Origin)
	h.text(r.OriginID)
	h.number(flag(r.Private))
	h.text(r.Branch)
	h.number(seconds(r.CreatedAt))
	return h.sum()
}

func nameSum(name string, repository int64) sum {
	h := newHasher("name")
	h.text(name)
	h.number(repository)
	return h.sum()
}

func choiceSum(stream, source string) sum {
	h := newHasher("choice")
	h.text(stream)
	h.text(source)
	return h.sum()
}

// listSum is the sum of the fact that there is a list.
func listSum(repository int64, resource string) sum {
	h := newHasher("a list")
	h.number(repository)
	h.text(resource)
	return h.sum()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// seconds is a time as the tables have it: 0 for none.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// fold is a name as it is looked up.
func fold(name string) string { return key(strings.ToLower(name)) }

// Register makes a repository known, or notes what has changed of it, and
// returns it. It is known by Origin and OriginID, so a rename changes its name
// and keeps the former one as another; without them it is known by any of its
// names. What was imported under a name goes over to the repository that turns
// out to have it.
func (s *Store) Register(ctx context.Context, r Repository) (Repository, error) {
	r = clean(r)
	r.CreatedAt = r.CreatedAt.UTC().Truncate(time.Second)
	if r.Origin == "" {
		r.OriginID = ""
	}
	var known *Repository
	err := s.ask(ctx, "look up "+r.Name, func(t *tx) (err error) {
		known, err = t.registered(ctx, r)
		return err
	})
	if err != nil || known != nil {
		return deref(known), err
	}
	err = s.update(ctx, "register "+r.Name, func(t *tx) (err error) {
		known, err = t.register(ctx, r)
		return err
	})
	return deref(known), err
}

func deref(r *Repository) Repository {
	if r == nil {
		return Repository{}
	}
	return *r
}

// registered finds the repository if nothing about it is to be changed.
func (t *tx) registered(ctx context.Context, r Repository) (*Repository, error) {
	byName, err := t.named(ctx, r.Name)
	if byName == nil || err != nil {
		return nil, err
	}
	known := byName
	if r.Origin != "" {
		if known, err = t.from(ctx, r.Origin, r.OriginID); known == nil || err != nil {
			return nil, err
		}
	}
	if known.ID != byName.ID || known.with(r) != *known {
		return nil, nil
	}
	return known, nil
}

// with is the repository after it was registered as w. A name alone, from an
// import, changes nothing that the origin says.
func (r Repository) with(w Repository) Repository {
	if w.Origin != "" {
		w.ID = r.ID
		return w
	}
	r.Private = r.Private || w.Private
	if r.Origin == "" {
		r.Branch = cmp.Or(w.Branch, r.Branch)
		if !w.CreatedAt.IsZero() {
			r.CreatedAt = w.CreatedAt
		}
	}
	return r
}

func (t *tx) register(ctx context.Context, r Repository) (*Repository, error) {
	d, err := t.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	holder, err := t.named(ctx, r.Name)
	if err != nil {
		return nil, err
	}
	known := holder
	if r.Origin != "" {
		if known, err = t.from(ctx, r.Origin, r.OriginID); err != nil {
			return nil, err
		}
		if known == nil && holder != nil && holder.Origin == "" {
			known = holder // imported before it was ever read
		}
	}
	if known == nil {
		if known, err = t.insert(ctx, d, r); err != nil {
			return nil, err
		}
	}
	if holder != nil && holder.ID != known.ID && fold(holder.Name) == fold(r.Name) {
		if err := t.displace(ctx, d, holder, known.ID); err != nil {
			return nil, err
		}
	}
	if err := t.change(ctx, d, known, known.with(r)); err != nil {
		return nil, err
	}
	if err := t.name(ctx, d, r.Name, known.ID); err != nil {
		return nil, err
	}
	return known, t.setMeta(ctx, "catalogue", d.String())
}

// displace makes room for a repository that has got the name of another one.
// What was only imported belongs to the one that has the name; a repository of
// its own was renamed or deleted upstream, and keeps its events under a name
// that nobody else can have.
func (t *tx) displace(ctx context.Context, d *digest, holder *Repository, by int64) error {
	if holder.Origin == "" {
		return t.absorb(ctx, d, holder, by)
	}
	next := *holder
	next.Name = holder.Name + "#" + holder.OriginID
	if err := t.change(ctx, d, holder, next); err != nil {
		return err
	}
	return t.name(ctx, d, next.Name, holder.ID)
}

// absorb moves all events of a repository into another one.
func (t *tx) absorb(ctx context.Context, d *digest, from *Repository, into int64) error {
	lists, err := t.lists(ctx, from.ID)
	if err != nil {
		return err
	}
	for _, l := range lists {
		e, err := t.events(ctx, l)
		if err != nil {
			return err
		}
		rows, err := records(into, l.resource, e)
		if err != nil {
			return err
		}
		to, err := t.list(ctx, d, into, l.resource)
		if err != nil {
			return err
		}
		if _, err := t.upsert(ctx, to, rows, 0); err != nil {
			return err
		}
		if err := t.cover(ctx, to, e.Collected, false); err != nil {
			return err
		}
		if err := t.save(ctx, to); err != nil {
			return err
		}
		d.remove(listSum(from.ID, l.resource))
		for _, table := range []string{"records WHERE list", "spans WHERE list", "lists WHERE id"} {
			if _, err := t.exec(ctx, "DELETE FROM "+table+" = ?", l.id); err != nil {
				return err
			}
		}
	}
	var names []string
	err = t.rows(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	}, "SELECT name FROM names WHERE repository = ?", from.ID)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := t.name(ctx, d, name, into); err != nil {
			return err
		}
	}
	d.remove(from.sum())
	for _, table := range []string{"claims WHERE repository", "repositories WHERE id"} {
		if _, err := t.exec(ctx, "DELETE FROM "+table+" = ?", from.ID); err != nil {
			return err
		}
	}
	return nil
}

// catalogue locks the catalogue, which is all repositories, their names and
// lists, and choices, and reads its digest. Who changes it writes the digest back.
func (t *tx) catalogue(ctx context.Context) (*digest, error) {
	var text string
	if err := t.row(ctx, "SELECT value FROM meta WHERE name = 'catalogue'"+t.store.engine.forUpdate).Scan(&text); err != nil {
		return nil, err
	}
	d, err := parseDigest(text)
	if err != nil {
		return nil, damaged("the catalogue of the store %s has lost its sum", t.store.place)
	}
	return &d, nil
}

// one is a repository, or nil where there is no row.
func one(r *Repository, err error) (*Repository, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return r, err
}

// repository finds a repository by its id; nil: there is none.
func (t *tx) repository(ctx context.Context, id int64) (*Repository, error) {
	return one(scanRepository(t.row(ctx, "SELECT "+repositoryColumns+" FROM repositories WHERE id = ?", id)))
}

// named finds a repository by any of its names.
func (t *tx) named(ctx context.Context, name string) (*Repository, error) {
	return one(scanRepository(t.row(ctx, "SELECT "+repositoryColumns+" FROM repositories WHERE id = (SELECT repository FROM names WHERE name = ?)", fold(name))))
}

// from finds a repository by its identity.
func (t *tx) from(ctx context.Context, origin, id string) (*Repository, error) {
	return one(scanRepository(t.row(ctx, "SELECT "+repositoryColumns+" FROM repositories WHERE origin = ? AND origin_id = ?", origin, id)))
}

func (t *tx) insert(ctx context.Context, d *digest, r Repository) (*Repository, error) {
	err := t.row(ctx, `INSERT INTO repositories (name, origin, origin_id, private, branch, created_at)
		VALUES (?, ?, ?, ?, ?, ?) RETURNING id`, r.Name, r.Origin, r.OriginID, flag(r.Private), r.Branch, seconds(r.CreatedAt)).Scan(&r.ID)
	if err != nil {
		return nil, err
	}
	d.add(r.sum())
	_, err = t.exec(ctx, "INSERT INTO claims (repository, token, owner, expires, finished) VALUES (?, '', '', 0, 0)", r.ID)
	return &r, err
}

// change replaces the row of a repository.
func (t *tx) change(ctx context.Context, d *digest, r *Repository, next Repository) error {
	if next == *r {
		return nil
	}
	d.toggle(r.sum())
	d.toggle(next.sum())
	*r = next
	_, err := t.exec(ctx, "UPDATE repositories SET name = ?, origin = ?, origin_id = ?, private = ?, branch = ?, created_at = ? WHERE id = ?",
		r.Name, r.Origin, r.OriginID, flag(r.Private), r.Branch, seconds(r.CreatedAt), r.ID)
	return err
}

// name lets a name lead to a repository.
func (t *tx) name(ctx context.Context, d *digest, name string, repository int64) error {
	name = fold(name)
	var was int64
	switch err := t.row(ctx, "SELECT repository FROM names WHERE name = ?", name).Scan(&was); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case was == repository:
		return nil
	default:
		d.remove(nameSum(name, was))
	}
	d.add(nameSum(name, repository))
	_, err := t.exec(ctx, "INSERT INTO names (name, repository) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET repository = excluded.repository", name, repository)
	return err
}

// Choose keeps the source of a stream's deployments. The first choice stays
// (metrics/D1).
func (s *Store) Choose(ctx context.Context, service, environment string, source dora.Source) error {
	stream := streamKey(service, environment)
	return s.update(ctx, "keep the source of "+service, func(t *tx) error {
		d, err := t.catalogue(ctx)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, "INSERT INTO choices (stream, source) VALUES (?, ?) ON CONFLICT (stream) DO NOTHING", stream, string(source))
		if err != nil || n == 0 {
			return err
		}
		d.add(choiceSum(stream, string(source)))
		return t.setMeta(ctx, "catalogue", d.String())
	})
}

func streamKey(service, environment string) string {
	return key(fmt.Sprintf("%q %q", cleanText(service), cleanText(environment)))
}

// Repositories lists all repositories by name.
func (s *Store) Repositories(ctx context.Context) (list []Repository, err error) {
	err = s.ask(ctx, "list the repositories", func(t *tx) error {
		c, err := t.readCatalogue(ctx)
		if err == nil {
			list = c.sorted()
		}
		return err
	})
	return list, err
}

// catalogue is what there is in the store, but events.
type catalogue struct {
	repositories map[int64]Repository
	names        map[string]int64
	choices      map[string]string
	lists        map[int64]int // how many a repository has
}

func (c *catalogue) sorted() []Repository {
	list := make([]Repository, 0, len(c.repositories))
	for _, r := range c.repositories {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Repository) int { return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// readCatalogue reads the catalogue and checks it.
func (t *tx) readCatalogue(ctx context.Context) (*catalogue, error) {
	c := &catalogue{map[int64]Repository{}, map[string]int64{}, map[string]string{}, map[int64]int{}}
	var have digest
	err := t.rows(ctx, func(rows *sql.Rows) error {
		r, err := scanRepository(rows)
		if err == nil {
			c.repositories[r.ID] = *r
			have.add(r.sum())
		}
		return err
	}, "SELECT "+repositoryColumns+" FROM repositories")
	if err != nil {
		return nil, err
	}
	err = t.rows(ctx, func(rows *sql.Rows) error {
		var name string
		var id int64
		err := rows.Scan(&name, &id)
		c.names[name] = id
		have.add(nameSum(name, id))
		return err
	}, "SELECT name, repository FROM names")
	if err != nil {
		return nil, err
	}
	err = t.rows(ctx, func(rows *sql.Rows) error {
		var stream, source string
		err := rows.Scan(&stream, &source)
		c.choices[stream] = source
		have.add(choiceSum(stream, source))
		return err
	}, "SELECT stream, source FROM choices")
	if err != nil {
		return nil, err
	}
	err = t.rows(ctx, func(rows *sql.Rows) error {
		var repository int64
		var resource string
		err := rows.Scan(&repository, &resource)
		c.lists[repository]++
		have.add(listSum(repository, resource))
		return err
	}, "SELECT repository, resource FROM lists")
	if err != nil {
		return nil, err
	}
	var text string
	if err := t.row(ctx, "SELECT value FROM meta WHERE name = 'catalogue'").Scan(&text); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if text != have.String() {
		return nil, damaged("the catalogue of the store %s, its repositories, their names and lists and the sources of services, is damaged", t.store.place)
	}
	return c, nil
}
