package github

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// Repository is a repository as it is now.
type Repository struct {
	ID        int64  // the same after a rename
	NodeID    string // the same for GraphQL
	Name      string // "acme/pay"
	Asked     string // the name that was asked for, which may be a former one
	Branch    string // the default one
	Head      string // its last commit; "" where the repository is empty
	Private   bool
	Archived  bool
	Empty     bool
	CreatedAt time.Time
	Totals    map[string]int // records of each list, where GitHub counts them; not over REST
	At        time.Time      // by the clock of the server, when it was looked up
}

// Found is the answer for one name.
type Found struct {
	Asked      string
	Repository Repository
	Err        error // why there is none: *GoneError, *DeniedError, …
}

// perQuestion is how many repositories one query of GraphQL asks for.
const perQuestion = 50

// Repositories looks repositories up by their names, owner/name. What is wrong
// with one of them is in its Found; an error means that none could be asked for.
func (c *Client) Repositories(ctx context.Context, names []string) ([]Found, error) {
	found := make([]Found, len(names))
	var ask []*Found
	for i, name := range names {
		found[i].Asked = name
		if !fullName.MatchString(name) {
			found[i].Err = &GoneError{What: fmt.Sprintf("%q is no name of a repository, such as acme/pay", name), Status: 404}
			continue
		}
		ask = append(ask, &found[i])
	}
	find := c.findByQuery
	if c.options.API == "rest" {
		find = c.findEach
	}
	for part := range slices.Chunk(ask, perQuestion) {
		if err := find(ctx, part); err != nil {
			return nil, fmt.Errorf("look up repositories: %w", err)
		}
	}
	return found, nil
}

var fullName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$`)

// fatal reports whether an error would be the same for all repositories.
func fatal(err error) bool {
	var gone *GoneError
	var denied *DeniedError
	var malformed *MalformedError
	var invalid *InvalidError
	var redirect *RedirectError
	var unavailable *UnavailableError
	if errors.As(err, &unavailable) {
		return unavailable.Status == 0 // no server
	}
	return !(errors.As(err, &gone) || errors.As(err, &denied) || errors.As(err, &malformed) || errors.As(err, &invalid) || errors.As(err, &redirect))
}

// repositoryNode is a repository of GraphQL.
type repositoryNode struct {
	ID               string
	DatabaseID       int64 `json:"databaseId"`
	NameWithOwner    string
	IsPrivate        bool
	IsArchived       bool
	IsEmpty          bool
	CreatedAt        moment
	DefaultBranchRef *struct {
		Name   string
		Target *struct{ OID string }
	}
	PullRequests, Deployments, Issues, Releases struct{ TotalCount int }
}

// findByQuery asks for many at once.
func (c *Client) findByQuery(ctx context.Context, ask []*Found) error {
	var text strings.Builder
	variables := map[string]any{}
	text.WriteString("query Repositories(")
	for i, f := range ask {
		owner, name, _ := strings.Cut(f.Asked, "/")
		variables[fmt.Sprintf("o%d", i)], variables[fmt.Sprintf("n%d", i)] = owner, name
		fmt.Fprintf(&text, "$o%d:String!,$n%d:String!,", i, i)
	}
	text.WriteString("){")
	for i := range ask {
		fmt.Fprintf(&text, "r%d:repository(owner:$o%d,name:$n%d){%s}\n", i, i, i, repositoryFields)
	}
	text.WriteString("}")
	var got map[string]*repositoryNode
	a, err := c.query(ctx, text.String(), variables, &got)
	var q *QueryError
	if err != nil && !errors.As(err, &q) {
		return err
	}
	for i, f := range ask {
		alias := "r" + strconv.Itoa(i)
		if f.Err = q.of(alias, f.Asked); f.Err == nil {
			f.Repository, f.Err = got[alias].repository(f.Asked)
			f.Repository.At = a.Date
		}
	}
	return nil
}

// of is what the errors of an answer say of one repository, or of all.
func (e *QueryError) of(alias, name string) error {
	if e == nil {
		return nil
	}
	for _, p := range e.Errors {
		if len(p.Path) > 0 && !p.begins(alias) {
			continue
		}
		switch p.Type {
		case "NOT_FOUND":
			return &GoneError{What: name, Status: 404}
		case "FORBIDDEN", "INSUFFICIENT_SCOPES":
			denied := &DeniedError{What: name, Message: p.Message}
			if strings.Contains(p.Message, "SAML") {
				denied.SSO = "the settings of the token"
			}
			return denied
		}
		return fmt.Errorf("%s: %w", name, &QueryError{Errors: []QueryProblem{p}})
	}
	return nil
}

func (n *repositoryNode) repository(asked string) (Repository, error) {
	if n == nil {
		return Repository{}, &GoneError{What: asked, Status: 404}
	}
	r := Repository{
		ID: n.DatabaseID, NodeID: n.ID, Name: n.NameWithOwner, Asked: asked, Private: n.IsPrivate, Archived: n.IsArchived,
		Empty: n.IsEmpty, CreatedAt: n.CreatedAt.Time,
		Totals: map[string]int{
			dora.ResourceChanges: n.PullRequests.TotalCount, dora.ResourceDeployments: n.Deployments.TotalCount,
			dora.ResourceIncidents: n.Issues.TotalCount, dora.ResourceReleases: n.Releases.TotalCount,
		},
	}
	if b := n.DefaultBranchRef; b != nil {
		r.Branch = b.Name
		if b.Target != nil {
			r.Head = b.Target.OID
		}
	}
	return r, r.check()
}

// check refuses what could not be told from other repositories.
func (r Repository) check() error {
	if r.ID <= 0 || !fullName.MatchString(r.Name) || r.CreatedAt.IsZero() {
		return &MalformedError{What: r.Asked, Reason: "it has no id, no name or no time of creation"}
	}
	return nil
}

// findEach asks one by one.
func (c *Client) findEach(ctx context.Context, ask []*Found) error {
	for _, f := range ask {
		r, err := c.find(ctx, f.Asked)
		if err != nil && fatal(err) {
			return err
		}
		f.Repository, f.Err = r, err
	}
	return nil
}

func (c *Client) find(ctx context.Context, name string) (Repository, error) {
	var n struct {
		ID            int64
		NodeID        string `json:"node_id"`
		FullName      string `json:"full_name"`
		Private       bool
		Archived      bool
		DefaultBranch string `json:"default_branch"`
		CreatedAt     moment `json:"created_at"`
	}
	a, err := c.get(ctx, "repos/"+name, &n)
	if err != nil {
		return Repository{}, err
	}
	r := Repository{
		ID: n.ID, NodeID: n.NodeID, Name: n.FullName, Asked: name, Branch: n.DefaultBranch,
		Private: n.Private, Archived: n.Archived, CreatedAt: n.CreatedAt.Time, At: a.Date,
	}
	if err := r.check(); err != nil {
		return r, err
	}
	var branch struct{ Commit struct{ SHA string } }
	_, err = c.get(ctx, "repos/"+r.Name+"/branches/"+strings.ReplaceAll(url.PathEscape(r.Branch), "%2F", "/"), &branch)
	if r.Empty = missing(err); r.Empty { // an empty repository names a branch that is not there yet
		err = nil
	}
	r.Head = branch.Commit.SHA
	return r, err
}
