package githubtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Documents is the folder of GitHub's descriptions of its interfaces, an npm
// folder that make deps fills, or what RUTTER_API_DOCS says; "" where it is not
// there.
func Documents() (string, error) {
	if dir := os.Getenv("RUTTER_API_DOCS"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("look for the documents of the API: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", nil
		}
		dir = up
	}
	dir = filepath.Join(dir, ".ci", "api", "node_modules")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return dir, nil
}

// loadSchema reads GitHub's schema once for all servers, which only look things
// up in it; nil where it is not installed.
var loadSchema = sync.OnceValues(func() (*ast.Schema, error) {
	dir, err := Documents()
	if err != nil || dir == "" {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "@octokit", "graphql-schema", "schema.graphql"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read GitHub's schema: %w", err)
	}
	document, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		return nil, fmt.Errorf("read GitHub's schema: %w", err)
	}
	for _, d := range document.Definitions { // the published one has some fields twice
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(document)
	if err != nil {
		return nil, fmt.Errorf("read GitHub's schema: %w", err)
	}
	return schema, nil
})

// query is what was posted.
type query struct {
	Text          string         `json:"query"`
	Variables     map[string]any `json:"variables"`
	OperationName string         `json:"operationName"`

	document *ast.QueryDocument
	problem  error
}

func readQuery(body []byte) (q query) {
	if err := json.Unmarshal(body, &q); err != nil {
		q.problem = err
		return q
	}
	if q.document, q.problem = parser.ParseQuery(&ast.Source{Input: q.Text}); q.problem == nil && q.asked() == nil {
		q.problem = errors.New("there is no such operation in it")
	}
	return q
}

// asked is the operation that is meant; nil for none.
func (q query) asked() *ast.OperationDefinition {
	if q.document == nil {
		return nil
	}
	return q.document.Operations.ForName(q.OperationName)
}

func (q query) operation() string {
	if op := q.asked(); op != nil {
		return op.Name
	}
	return ""
}

// graphql answers a query. wrong says what is wrong with it by the schema, or
// what the fake cannot answer.
func (s *Server) graphql(r *http.Request, q query, now time.Time) (a answer, wrong string) {
	if r.Method != http.MethodPost {
		return problem(http.StatusNotFound, "Not Found"), ""
	}
	if who := s.identify(r.Header.Get("Authorization"), now); who.missing {
		return problem(http.StatusUnauthorized, "This endpoint requires you to be authenticated."), ""
	} else if !who.ok {
		return problem(http.StatusUnauthorized, "Bad credentials"), ""
	}
	if q.problem == nil && s.schema != nil {
		if _, errs := gqlparser.LoadQueryWithRules(s.schema, q.Text, rules.NewDefaultRules()); len(errs) > 0 {
			q.problem = errs
		}
	}
	if q.problem != nil {
		return problem(http.StatusBadRequest, q.problem.Error()), q.problem.Error()
	}
	e := &execution{
		Server: s, w: s.world, fragments: q.document.Fragments, variables: map[string]any{}, items: map[string]bool{}, now: now,
	}
	op := q.asked()
	for _, v := range op.VariableDefinitions {
		if value, ok := q.Variables[v.Variable]; ok {
			e.variables[v.Variable] = value
		} else if v.DefaultValue != nil {
			e.variables[v.Variable], _ = v.DefaultValue.Value(nil)
		} else if v.Type.NonNull {
			text := fmt.Sprintf("the variable $%s has no value", v.Variable)
			return problem(http.StatusBadRequest, text), text
		}
	}
	e.count(op.SelectionSet, 1)
	cost := max(1, (e.requests+50)/100)
	s.mu.Lock()
	most := s.most
	s.mu.Unlock()
	b, left := s.take("graphql", cost, now)
	finish := func(a answer) answer {
		if s.limits() {
			b.headers("graphql", a.header)
		}
		a.header.Set("X-GitHub-Media-Type", "github.v4; format=json")
		a.items = e.items
		return a
	}
	switch {
	case !left:
		return finish(reply(http.StatusOK, object{"errors": []any{object{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1001."}}})), ""
	case e.refusal != nil:
		return finish(reply(http.StatusOK, object{"errors": []any{e.refusal}})), ""
	case e.nodes > 500_000:
		return finish(reply(http.StatusOK, object{"errors": []any{object{
			"type": "MAX_NODE_LIMIT_EXCEEDED", "message": fmt.Sprintf("This query requests up to %d possible nodes which exceeds the maximum limit of 500,000.", e.nodes),
		}}})), ""
	case most > 0 && e.nodes > most:
		a := finish(answer{status: http.StatusBadGateway, header: http.Header{}})
		a.body = []byte(`{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."}]}`)
		return a, ""
	}
	e.limit = object{"cost": cost, "limit": b.limit, "remaining": b.limit - b.used, "used": b.used, "resetAt": stamp(b.reset), "nodeCount": e.nodes}
	s.world.mu.Lock()
	data := e.object(e.root(), op.SelectionSet, nil)
	s.world.mu.Unlock()
	if e.wrong != "" {
		return problem(http.StatusBadRequest, e.wrong), e.wrong
	}
	if e.refusal != nil {
		return finish(reply(http.StatusOK, object{"errors": []any{e.refusal}})), ""
	}
	body := object{"data": data}
	if len(e.errors) > 0 {
		body["errors"] = e.errors
	}
	return finish(reply(http.StatusOK, body)), ""
}

// execution answers one query.
type execution struct {
	*Server
	w         *World
	fragments ast.FragmentDefinitionList
	variables map[string]any
	now       time.Time
	items     map[string]bool
	limit     object

	nodes, requests int    // what the query may cost
	refusal         object // why it is not answered at all
	errors          []any
	wrong           string // what the fake does not know
}

// count adds up what a selection may cost, by GitHub's published rule: the
// nodes that its connections may return, and a request for each connection.
func (e *execution) count(set ast.SelectionSet, times int) {
	for _, f := range e.fields("", set) {
		for _, same := range f.same {
			inside := times
			a := e.arguments(same)
			for _, name := range []string{"first", "last"} {
				if n, set := a.number(name); set {
					if n < 1 || n > 100 {
						e.refusal = object{
							"type": "EXCESSIVE_PAGINATION", "path": []any{same.Name},
							"message": fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `%s` limit of 100 records.", n, same.Name, name),
						}
						return
					}
					e.requests += times
					inside = times * n
					e.nodes += inside
				}
			}
			e.count(same.SelectionSet, inside)
		}
	}
}

// field is a field of an answer: the selections that share its name.
type field struct {
	name string
	same []*ast.Field
}

// fields are those that a selection asks of a type, in order; "": of any type.
func (e *execution) fields(kind string, set ast.SelectionSet) []field {
	var list []field
	var add func(set ast.SelectionSet)
	add = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if e.left(s.Directives) {
					continue
				}
				name := cmp.Or(s.Alias, s.Name)
				i := slices.IndexFunc(list, func(f field) bool { return f.name == name })
				if i < 0 {
					list, i = append(list, field{name: name}), len(list)
				}
				list[i].same = append(list[i].same, s)
			case *ast.InlineFragment:
				if !e.left(s.Directives) && e.is(kind, s.TypeCondition) {
					add(s.SelectionSet)
				}
			case *ast.FragmentSpread:
				if f := e.fragments.ForName(s.Name); f != nil && !e.left(s.Directives) && e.is(kind, f.TypeCondition) {
					add(f.SelectionSet)
				}
			}
		}
	}
	add(set)
	return list
}

// left reports whether @skip or @include leave something out.
func (e *execution) left(list ast.DirectiveList) bool {
	for _, d := range list {
		if arg := d.Arguments.ForName("if"); arg != nil {
			value, _ := arg.Value.Value(e.variables)
			if on, _ := value.(bool); on == (d.Name == "skip") {
				return true
			}
		}
	}
	return false
}

// is reports whether a type is what a fragment is for.
func (e *execution) is(kind, condition string) bool {
	if kind == "" || condition == "" || kind == condition || condition == "Node" {
		return true
	}
	if e.schema != nil {
		return slices.ContainsFunc(e.schema.PossibleTypes[condition], func(d *ast.Definition) bool { return d.Name == kind })
	}
	switch condition {
	case "Actor":
		return kind == "User" || kind == "Bot" || kind == "Organization"
	case "GitObject":
		return kind == "Commit" || kind == "Tag"
	}
	return false
}

// arguments are those of a field.
type arguments map[string]any

func (e *execution) arguments(f *ast.Field) arguments {
	a := arguments{}
	for _, arg := range f.Arguments {
		if value, err := arg.Value.Value(e.variables); err == nil && value != nil {
			a[arg.Name] = value
		}
	}
	return a
}

func (a arguments) number(name string) (n int, set bool) {
	switch v := a[name].(type) {
	case int64:
		return int(v), true
	case float64:
		return int(v), true
	}
	return 0, false
}

func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// list is an argument of several words; one stands for a list of one.
func (a arguments) list(name string) []string { return words(a[name]) }

func words(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		list := []string{}
		for _, item := range v {
			list = append(list, words(item)...)
		}
		return list
	}
	return nil
}

// inside is an argument that is an object.
func (a arguments) inside(name string) arguments {
	o, _ := a[name].(map[string]any)
	return o
}

// thing is a value of a type of the schema.
type thing struct {
	kind string
	item string                             // for Fault.Poison
	get  func(name string, a arguments) any // unknown: there is no such field
	must bool                               // its nodes need first or last
}

// unknown is the value of a field that the fake does not have; failed that of
// one that cannot be had.
type (
	unknown struct{}
	failed  struct{ kind, message string }
)

// bare are the fields that tell an item without opening it.
var bare = []string{"__typename", "id", "number", "databaseId", "fullDatabaseId", "createdAt", "updatedAt"}

// object answers a selection of a thing.
func (e *execution) object(t *thing, set ast.SelectionSet, path []any) object {
	o := object{}
	for _, f := range e.fields(t.kind, set) {
		ask := f.same[0]
		at := append(slices.Clone(path), f.name)
		if t.item != "" && !slices.Contains(bare, ask.Name) {
			e.items[t.item] = true
		}
		if ask.Name == "__typename" {
			o[f.name] = t.kind
			continue
		}
		a := e.arguments(ask)
		if t.must && (ask.Name == "nodes" || ask.Name == "edges") {
			e.refusal = object{
				"type": "MISSING_PAGINATION_BOUNDARIES", "path": path,
				"message": fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%v` connection.", path[len(path)-1]),
			}
		}
		value := t.get(ask.Name, a)
		if _, no := value.(unknown); no {
			e.wrong = fmt.Sprintf("githubtest does not know the field %s of %s", ask.Name, t.kind)
			return nil
		}
		var inside ast.SelectionSet
		for _, same := range f.same {
			inside = append(inside, same.SelectionSet...)
		}
		o[f.name] = e.value(value, inside, at)
	}
	return o
}

// value answers a selection of any value.
func (e *execution) value(v any, set ast.SelectionSet, path []any) any {
	switch v := v.(type) {
	case *thing:
		if v == nil {
			return nil
		}
		return e.object(v, set, path)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = e.value(item, set, append(slices.Clone(path), i))
		}
		return list
	case failed:
		e.errors = append(e.errors, object{"type": v.kind, "path": path, "message": v.message})
		return nil
	case time.Time:
		return stamp(v)
	}
	return v
}

// edge is an item of a connection, by what its place rests on: it is the same
// whatever comes or goes before it.
type edge struct {
	at   int64
	id   int64
	node func() any
}

func (k edge) cursor() string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "cursor:v2:%d:%d", k.at, k.id))
}

func compareEdges(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) }

// connection is a list of edges, a page of which is shown. total is what it
// counts; falling, that the greatest comes first.
func (e *execution) connection(kind string, edges []edge, total int, falling bool, a arguments) *thing {
	order := compareEdges
	if falling {
		order = func(x, y edge) int { return compareEdges(y, x) }
	}
	slices.SortStableFunc(edges, order)
	after, ok := e.behind(a.text("after"))
	start := 0
	if ok {
		for start < len(edges) && order(edges[start], after) <= 0 {
			start++
		}
	}
	end := len(edges)
	if before, ok := e.behind(a.text("before")); ok {
		for end > start && order(edges[end-1], before) >= 0 {
			end--
		}
	}
	first, hasFirst := a.number("first")
	last, hasLast := a.number("last")
	stop := end
	if hasFirst {
		stop = min(end, start+first)
	}
	if hasLast {
		start = max(start, stop-last)
	}
	page := edges[start:stop]
	end1 := func(i int) any {
		if len(page) == 0 {
			return nil
		}
		return page[(i+len(page))%len(page)].cursor()
	}
	list := func(of func(edge) any) any {
		items := make([]any, len(page))
		for i, k := range page {
			items[i] = of(k)
		}
		return items
	}
	return &thing{kind: kind, must: !hasFirst && !hasLast, get: func(name string, _ arguments) any {
		switch name {
		case "totalCount":
			return total
		case "filteredCount":
			return len(edges)
		case "pageCount":
			return len(page)
		case "pageInfo":
			return &thing{kind: "PageInfo", get: func(name string, _ arguments) any {
				switch name {
				case "hasNextPage":
					return stop < len(edges)
				case "hasPreviousPage":
					return start > 0
				case "startCursor":
					return end1(0)
				case "endCursor":
					return end1(-1)
				}
				return unknown{}
			}}
		case "nodes":
			return list(func(k edge) any { return k.node() })
		case "edges":
			return list(func(k edge) any {
				return &thing{kind: strings.TrimSuffix(kind, "Connection") + "Edge", get: func(name string, _ arguments) any {
					switch name {
					case "cursor":
						return k.cursor()
					case "node":
						return k.node()
					}
					return unknown{}
				}}
			})
		}
		return unknown{}
	}}
}

// behind reads a cursor.
func (e *execution) behind(cursor string) (k edge, ok bool) {
	if cursor == "" {
		return edge{}, false
	}
	text, err := base64.StdEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(text), "cursor:v2:%d:%d", &k.at, &k.id)
	}
	if err != nil {
		e.refusal = object{"type": "INVALID_CURSOR_ARGUMENTS", "message": fmt.Sprintf("`%s` does not appear to be a valid cursor.", cursor)}
	}
	return k, err == nil
}
