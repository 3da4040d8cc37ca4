package githubtest_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

type page[T any] struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage bool
		EndCursor   *string
	}
	Nodes []T
}

type gqlPull struct {
	ID                   string
	Number               int
	Title, State         string
	CreatedAt, UpdatedAt time.Time
	MergedAt             *time.Time
	Author               *struct{ Login string }
	MergeCommit          *struct{ OID string }
	Commits              page[struct {
		Commit struct {
			OID          string
			AuthoredDate time.Time
			Parents      struct{ TotalCount int }
		}
	}]
	Reviews       page[struct{ SubmittedAt time.Time }]
	TimelineItems page[struct{ CreatedAt time.Time }]
}

const pulls = `query Pulls($after:String,$size:Int!=3,$direction:OrderDirection!,$deep:Boolean!) {
	repository(owner:"acme", name:"pay") { list: pullRequests(first:$size, after:$after, orderBy:{field:UPDATED_AT, direction:$direction}) {
		totalCount pageInfo { hasNextPage endCursor } nodes { ...Pull @include(if:$deep) number title state } } } }
	fragment Pull on PullRequest { id createdAt updatedAt mergedAt author { login } mergeCommit { oid }
		commits(first:100) { totalCount nodes { commit { oid authoredDate parents { totalCount } } } }
		reviews(first:100) { nodes { submittedAt } }
		timelineItems(first:1, itemTypes:[READY_FOR_REVIEW_EVENT]) { nodes { ... on ReadyForReviewEvent { createdAt } } } }`

func TestGraphQLListsTruth(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	truth := map[string]dora.Change{}
	for _, c := range a.server.World().TruthOf("acme/pay", dora.ResourceChanges).Changes {
		truth[c.ID] = c
	}
	seen := map[int]bool{}
	variables := map[string]any{"direction": "DESC", "size": 20, "deep": true}
	var last time.Time
	for {
		var got struct{ Repository struct{ List page[gqlPull] } }
		if errs := a.query(pulls, variables, &got); errs != nil {
			t.Fatal(errs)
		}
		list := got.Repository.List
		if list.TotalCount != len(truth) {
			t.Fatalf("it counts %d pull requests, want %d", list.TotalCount, len(truth))
		}
		for _, p := range list.Nodes {
			c := truth[strconv.Itoa(p.Number)]
			if seen[p.Number] || p.Title != c.Title || !p.UpdatedAt.Equal(c.UpdatedAt) || !last.IsZero() && p.UpdatedAt.After(last) {
				t.Errorf("got %+v after %v, want %+v", p, last, c)
			}
			seen[p.Number], last = true, p.UpdatedAt
			if (p.MergeCommit != nil) != (c.LandingSHA != "") || p.MergeCommit != nil && p.MergeCommit.OID != c.LandingSHA {
				t.Errorf("#%d landed as %v, want %s", p.Number, p.MergeCommit, c.LandingSHA)
			}
			if (p.Author == nil) != (c.Author == "ghost") {
				t.Errorf("#%d is by %v, want %s", p.Number, p.Author, c.Author)
			}
			if (len(p.TimelineItems.Nodes) > 0) == c.ReadyAt.IsZero() {
				t.Errorf("#%d: ready %v, want %v", p.Number, p.TimelineItems.Nodes, c.ReadyAt)
			}
			for i, k := range p.Commits.Nodes {
				if k.Commit.OID != c.Commits[i].SHA || !k.Commit.AuthoredDate.Equal(c.Commits[i].AuthorDate) || (k.Commit.Parents.TotalCount > 1) != c.Commits[i].Merge {
					t.Errorf("#%d has commit %+v, want %+v", p.Number, k, c.Commits[i])
				}
			}
		}
		if !list.PageInfo.HasNextPage {
			break
		}
		variables["after"] = *list.PageInfo.EndCursor
	}
	if len(seen) != len(truth) {
		t.Errorf("it lists %d pull requests, want %d", len(seen), len(truth))
	}
}

// A cursor stands for a place, not for a number of items (rel/A16).
func TestCursorsAreStable(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	var first, second struct{ Repository struct{ List page[gqlPull] } }
	variables := map[string]any{"direction": "ASC", "size": 10, "deep": false}
	a.query(pulls, variables, &first)
	id := func(p gqlPull) int { return p.Number }
	variables["after"] = *first.Repository.List.PageInfo.EndCursor
	a.query(pulls, variables, &second)
	before := numbers(second.Repository.List.Nodes, id)
	if err := a.server.World().Rename("acme/pay", "acme/payments"); err != nil {
		t.Fatal(err)
	}
	var again struct{ Repository struct{ List page[gqlPull] } }
	if errs := a.query(pulls, variables, &again); errs != nil {
		t.Fatalf("a former name leads nowhere: %v", errs)
	}
	if got := numbers(again.Repository.List.Nodes, id); !slices.Equal(got, before) {
		t.Errorf("behind the same cursor: %v, then %v", before, got)
	}
}

func numbers[T any](list []T, number func(T) int) []int {
	var all []int
	for _, item := range list {
		all = append(all, number(item))
	}
	return all
}

func TestGraphQLRefuses(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	for _, c := range []struct{ name, text, want string }{
		{"no such repository", `{repository(owner:"acme",name:"none"){id}}`, "NOT_FOUND"},
		{"a former name, not followed", `{repository(owner:"acme",name:"proxy",followRenames:false){id}}`, "NOT_FOUND"},
		{"no such node", `{nodes(ids:["D_none"]){id}}`, "NOT_FOUND"},
		{"too many at once", `{repository(owner:"acme",name:"pay"){issues(first:101){totalCount}}}`, "EXCESSIVE_PAGINATION"},
		{"without first", `{repository(owner:"acme",name:"pay"){issues{nodes{id}}}}`, "MISSING_PAGINATION_BOUNDARIES"},
		{"too many nodes", `{repository(owner:"acme",name:"pay"){pullRequests(first:100){nodes{commits(first:100){nodes{commit{parents(first:100){nodes{oid}}}}}}}}}`, "MAX_NODE_LIMIT_EXCEEDED"},
		{"no cursor", `{repository(owner:"acme",name:"pay"){issues(first:1,after:"x"){nodes{id}}}}`, "INVALID_CURSOR_ARGUMENTS"},
	} {
		if got := a.query(c.text, nil, nil); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %s: got %v, want %s", c.name, c.text, got, c.want)
		}
	}
	var got struct {
		RateLimit struct{ Cost, NodeCount, Remaining int }
		A, B      *struct{ IsEmpty bool }
	}
	const both = `{rateLimit{cost nodeCount remaining} a:repository(owner:"acme",name:"pay"){isEmpty pullRequests(first:100){nodes{commits(first:50){nodes{id}} reviews(first:10){nodes{id}}}}}
		b:repository(owner:"acme",name:"proxy"){isEmpty}}`
	if errs := a.query(both, nil, &got); errs != nil || got.RateLimit.Cost != 2 || got.RateLimit.NodeCount != 100+100*60 || got.A == nil || got.B == nil {
		t.Errorf("got %+v, %v, want a cost of 2 for 6,100 nodes", got, errs)
	}
	a.server.Limit("graphql", 1, time.Hour)
	if got := a.query(both, nil, nil); !slices.Equal(got, []string{"RATE_LIMITED"}) {
		t.Errorf("got %v, want RATE_LIMITED", got)
	}
	a.server.TooMuch(500)
	a.server.World().Advance(2 * time.Hour)
	if got := a.query(both, nil, nil); len(got) != 1 || got[0][:3] != "502" {
		t.Errorf("got %v, want a 502", got)
	}
}

// Every deployment is found by the id that its list names.
func TestNodes(t *testing.T) {
	t.Parallel()
	a := start(t, 2, githubtest.Small)
	var list struct {
		Repository struct {
			Deployments page[struct {
				ID, Environment, CommitOID string
				Statuses                   page[struct{ State string }]
			}]
		}
	}
	const fields = `id environment commitOid statuses(first:2){totalCount nodes{state createdAt}}`
	if errs := a.query(`{repository(owner:"acme",name:"pay"){deployments(first:100,orderBy:{field:CREATED_AT,direction:ASC},environments:["production"]){totalCount pageInfo{hasNextPage} nodes{`+fields+`}}}}`, nil, &list); errs != nil {
		t.Fatal(errs)
	}
	want := slices.DeleteFunc(a.server.World().TruthOf("acme/pay", dora.ResourceDeployments).Deployments, func(d dora.Deployment) bool { return d.Environment != "production" })
	if got := list.Repository.Deployments; len(got.Nodes) != len(want) || got.TotalCount != len(want) {
		t.Fatalf("got %d deployments, want %d", len(got.Nodes), len(want))
	}
	var ids []string
	for i, d := range list.Repository.Deployments.Nodes {
		ids = append(ids, d.ID)
		if d.CommitOID != want[i].SHA || d.Statuses.TotalCount != len(want[i].Statuses) {
			t.Errorf("got %+v, want %+v", d, want[i])
		}
	}
	var got struct{ Nodes []struct{ ID string } }
	if errs := a.query(`query($ids:[ID!]!){nodes(ids:$ids){... on Deployment{`+fields+`}}}`, map[string]any{"ids": ids}, &got); errs != nil {
		t.Fatal(errs)
	}
	for i, n := range got.Nodes {
		if n.ID != ids[i] {
			t.Errorf("node %s is %s", ids[i], n.ID)
		}
	}
}
