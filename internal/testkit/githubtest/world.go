package githubtest

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// Size is how much an organisation has, in all of its repositories together.
type Size struct{ Repositories, Months, Pulls, Deployments, Incidents int }

// Two sizes for tests: one of an organisation, and one that is read in a second.
var (
	Organisation = Size{Repositories: 10, Months: 24, Pulls: 3000, Deployments: 1500, Incidents: 60}
	Small        = Size{Repositories: 2, Months: 3, Pulls: 60, Deployments: 30, Incidents: 4}
)

// web is where the pages for people would be. It is not that of the server, so
// that the same world has the same text behind every port.
const web = "https://github.example/"

// owner is the one organisation.
const owner = "acme"

// World is an organisation and its history up to now.
type World struct {
	mu       sync.Mutex
	now      time.Time
	repos    []*repository
	users    []*user
	ghost    *user
	bot      *user // opens pull requests
	reviewer *user // reviews them
	ids      int64
	changes  int // done by Mutate
	nodes    map[string]any
	files    bool
}

// NewWorld makes the world of a seed. Its clock stands at the end of the months.
func NewWorld(seed uint64, s Size) *World {
	w := &World{nodes: map[string]any{}}
	for i := range 8 {
		w.users = append(w.users, w.newUser(int64(1001+i), fmt.Sprintf("dev-%d", i+1), "User"))
	}
	w.ghost = w.newUser(10137, "ghost", "User")
	w.bot = w.newUser(49699333, "dependabot[bot]", "Bot")
	w.reviewer = w.newUser(60000001, "review-app[bot]", "Bot")
	begin := time.Date(2024, 1, 8, 9, 0, 0, 0, time.UTC)
	end := begin.AddDate(0, max(s.Months, 1), 0)
	shares := shares(s)
	for i := range s.Repositories {
		w.now = begin
		h := history{World: w, r: rand.New(rand.NewPCG(seed, uint64(i)+1)), repo: w.newRepository(i, begin), share: shares[i], begin: begin, end: end}
		h.tell()
	}
	w.now = end
	return w
}

// Now is the time of the world.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Advance moves the clock of the world on.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d).Truncate(time.Second)
}

// tick is what a request takes.
func (w *World) tick() time.Time {
	w.Advance(time.Second)
	return w.Now()
}

// Repositories are the names that the repositories have now, "acme/pay".
func (w *World) Repositories() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, r := range w.repos {
		names = append(names, r.fullName())
	}
	return names
}

// Current is the name that a repository has now, by this or a former one; "" for
// none.
func (w *World) Current(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, _ := w.find(name); r != nil {
		return r.fullName()
	}
	return ""
}

// Former are the names that a repository had before, oldest first.
func (w *World) Former(name string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, _ := w.find(name); r != nil {
		return slices.Clone(r.former)
	}
	return nil
}

// Private reports whether a repository is one that only members see.
func (w *World) Private(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, _ := w.find(name)
	return r != nil && r.private
}

// WithFiles has Truth say which files changes touch.
func (w *World) WithFiles() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files = true
}

// find looks a repository up by its name, or a former one.
func (w *World) find(name string) (r *repository, renamed bool) {
	for _, r := range w.repos {
		if strings.EqualFold(r.fullName(), name) {
			return r, false
		}
	}
	for _, r := range w.repos {
		if slices.ContainsFunc(r.former, func(f string) bool { return strings.EqualFold(f, name) }) {
			return r, true
		}
	}
	return nil, false
}

func (w *World) byID(id int64) *repository {
	for _, r := range w.repos {
		if r.id == id {
			return r
		}
	}
	return nil
}

// The kinds of things that the world has.
type (
	user struct {
		id          int64
		login, kind string
		node        string
	}

	repository struct {
		id                int64
		node, name        string
		former            []string // full names
		private, archived bool
		branch            string
		created, pushed   time.Time
		environments      []string
		plain             bool // its texts do not hold its name, so that it can be renamed

		objects     map[string]*commit
		branches    map[string]string
		tags        []*tag
		pulls       []*pull
		issues      []*issue
		numbers     int // of pull requests and issues
		deployments []*deployment
		releases    []*release
		runs        []*run
		pushes      int // a clone of another number is old

		// What was deleted.
		lostDeployments []*deployment
		lostReleases    []*release
		lostIssues      []*issue
	}

	pull struct {
		repo                             *repository
		id                               int64
		node                             string
		number                           int
		title, body                      string
		author                           *user
		head, base, baseSHA              string
		draft                            bool
		created, updated, merged, closed time.Time
		ready                            time.Time
		commits                          []*commit
		landing, method                  string
		labels                           []string
		closes                           []int
		reverts                          []string
		files                            int
		reviews                          []*review
		events                           []*event
	}

	review struct {
		id     int64
		node   string
		author *user
		state  string
		at     time.Time
	}

	// event is an entry of the history of an issue or a pull request.
	event struct {
		id          int64
		node        string
		kind, label string
		actor       *user
		at          time.Time
	}

	issue struct {
		repo                     *repository
		id                       int64
		node                     string
		number                   int
		title, body              string
		author                   *user
		open                     bool
		reason                   string // why it is closed, or "reopened"
		created, updated, closed time.Time
		labels                   []string
		causedBy                 string
		events                   []*event
	}

	deployment struct {
		repo                  *repository
		id                    int64
		node                  string
		environment, ref, sha string
		creator               *user
		created, updated      time.Time
		statuses              []*status // oldest first
	}

	status struct {
		id    int64
		node  string
		state string // as REST spells it
		at    time.Time
	}

	release struct {
		final                       time.Time // when it came to be neither draft nor prerelease
		repo                        *repository
		id                          int64
		node                        string
		tag, name                   string
		draft, prerelease           bool
		author                      *user
		created, published, updated time.Time
	}

	run struct {
		repo         *repository
		id           int64
		node         string
		number       int
		file, branch string
		sha, title   string
		actor        *user
		created      time.Time
		attempts     []*attempt
	}

	attempt struct {
		started, updated time.Time
		conclusion       string // "": it is going on
	}
)

func (r *repository) fullName() string { return owner + "/" + r.name }

// names are those of the repositories; further ones have a number.
var names = []string{"pay", "gateway", "ledger", "vault", "attic", "blank", "web", "search", "mail", "infra"}

// newRepository makes the i-th repository. Each of the first ones has something
// of its own: a former name, regions, and so on.
func (w *World) newRepository(i int, at time.Time) *repository {
	name := fmt.Sprintf("service-%d", i)
	if i < len(names) {
		name = names[i]
	}
	r := &repository{
		id: int64(700_000_001 + 17*i), name: name, branch: "main", created: at.Add(time.Duration(i) * time.Minute),
		environments: []string{"production", "staging"}, objects: map[string]*commit{}, branches: map[string]string{},
	}
	switch name {
	case "gateway":
		r.former, r.plain = []string{owner + "/proxy"}, true
	case "ledger":
		r.environments = []string{"prod-eu", "prod-us"}
	case "vault":
		r.private = true
	case "attic":
		r.archived = true
	case "infra":
		r.branch = "trunk"
	}
	r.pushed = r.created
	r.node = w.register("R", r, r.id)
	w.repos = append(w.repos, r)
	return r
}

func (w *World) newUser(id int64, login, kind string) *user {
	u := &user{id: id, login: login, kind: kind}
	prefix := "U"
	if kind == "Bot" {
		prefix = "BOT"
	}
	u.node = w.register(prefix, u, id)
	return u
}

// id is the next one. They rise over 2^31, where GraphQL's databaseId ends.
func (w *World) id() int64 {
	w.ids += 3
	return 2_147_480_000 + w.ids
}

// register gives a thing its id for GraphQL: after the kind, MessagePack of 0
// and the ids of the repository and the thing, as GitHub's are.
func (w *World) register(kind string, thing any, ids ...int64) string {
	data := []byte{0x90 | byte(len(ids)+1), 0}
	for _, id := range ids {
		if id < 1<<32 {
			data = binary.BigEndian.AppendUint32(append(data, 0xce), uint32(id))
		} else {
			data = binary.BigEndian.AppendUint64(append(data, 0xcf), uint64(id))
		}
	}
	node := kind + "_" + base64.RawURLEncoding.EncodeToString(data)
	w.nodes[node] = thing
	return node
}

// newID is the next id of a thing in a repository, in both spellings.
func (w *World) newID(kind string, r *repository, thing any) (id int64, node string) {
	id = w.id()
	return id, w.register(kind, thing, r.id, id)
}
