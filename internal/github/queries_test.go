package github

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// githubSchema is GitHub's own schema, as make deps installs it.
func githubSchema(t *testing.T) *ast.Schema {
	t.Helper()
	name := os.Getenv("RUTTER_GRAPHQL_SCHEMA")
	if name == "" {
		name = filepath.FromSlash("../../.ci/api/node_modules/@octokit/graphql-schema/schema.graphql")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		testkit.Missing(t, "GitHub's GraphQL schema (make deps installs it)")
	}
	document, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: name, Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range document.Definitions { // the package has a field twice, which the checker refuses
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(document)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestQueriesFitGitHubsSchema(t *testing.T) {
	t.Parallel()
	schema := githubSchema(t)
	for name, text := range map[string]string{
		"changes": pullsQuery, "changes bare": barePullsQuery, "change": pullQuery,
		"deployments": deploymentsQuery, "deployments bare": bareDeploymentsQuery, "deployments again": deploymentNodesQuery,
		"incidents": issuesQuery, "incidents bare": bareIssuesQuery, "incident": issueQuery,
		"commits":      moreOf("PullRequest", "commits", commitNodes),
		"reviews":      moreOf("PullRequest", "reviews", reviewNodes),
		"files":        moreOf("PullRequest", "files", fileNodes),
		"labels":       moreOf("PullRequest", "labels", labelNodes),
		"closed":       moreOf("PullRequest", "closingIssuesReferences", closedNodes),
		"statuses":     moreOf("Deployment", "statuses", statusNodes),
		"issue labels": moreOf("Issue", "labels", labelNodes),
		"repositories": repositoriesQueryText(t),
	} {
		if _, err := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// repositoriesQueryText is the query that looks up two repositories.
func repositoriesQueryText(t *testing.T) string {
	t.Helper()
	s := newScript(t, reply(200, `{"data":{"r0":null,"r1":null}}`))
	if _, err := s.client(t).Repositories(context.Background(), []string{"acme/pay", "acme/web"}); err != nil {
		t.Fatal(err)
	}
	var question struct{ Query string }
	if err := json.Unmarshal([]byte(s.requests()[0].Body), &question); err != nil {
		t.Fatal(err)
	}
	return question.Query
}
