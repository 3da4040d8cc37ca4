package githubtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// asker asks a server as a plain client.
type asker struct {
	t      *testing.T
	server *githubtest.Server
}

func start(t *testing.T, seed uint64, size githubtest.Size) asker {
	t.Helper()
	return asker{t, githubtest.Start(t, githubtest.NewWorld(seed, size))}
}

// push makes changes in the world.
func (a asker) push(changes int) {
	r := rand.New(rand.NewPCG(1, 1))
	for range changes {
		a.server.World().Mutate(r)
	}
}

// client follows no redirect.
var client = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// do sends a request with a token and more headers, in pairs.
func (a asker) do(method, url string, body []byte, headers ...string) (*http.Response, []byte, error) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+githubtest.Token)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return answer, data, err
}

// get asks for a path of REST and reads the answer into a value.
func (a asker) get(path string, want int, into any, headers ...string) *http.Response {
	a.t.Helper()
	answer, data, err := a.do(http.MethodGet, a.server.APIURL()+path, nil, headers...)
	if err != nil {
		a.t.Fatalf("GET %s: %v", path, err)
	}
	if answer.StatusCode != want {
		a.t.Fatalf("GET %s: got %d, want %d: %.300s", path, answer.StatusCode, want, data)
	}
	if into != nil {
		if err := json.Unmarshal(data, into); err != nil {
			a.t.Fatalf("GET %s: %v: %.300s", path, err, data)
		}
	}
	return answer
}

var next = regexp.MustCompile(`<([^>]+)>; rel="next"`)

// all reads a list to its end by its links.
func all[T any](a asker, path string) []T {
	a.t.Helper()
	var list []T
	url := a.server.APIURL() + path
	for url != "" {
		answer, data, err := a.do(http.MethodGet, url, nil)
		if err != nil || answer.StatusCode != http.StatusOK {
			a.t.Fatalf("GET %s: %v, %v: %.300s", url, err, answer, data)
		}
		var page []T
		if err := json.Unmarshal(data, &page); err != nil {
			a.t.Fatalf("GET %s: %v", url, err)
		}
		list = append(list, page...)
		if url = ""; next.MatchString(answer.Header.Get("Link")) {
			url = next.FindStringSubmatch(answer.Header.Get("Link"))[1]
		}
	}
	return list
}

// query puts a query of GraphQL, and returns the types of the errors beside it.
func (a asker) query(text string, variables map[string]any, into any) []string {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	if err != nil {
		a.t.Fatal(err)
	}
	answer, data, err := a.do(http.MethodPost, a.server.URL+"/api/graphql", body)
	if err != nil {
		a.t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		return []string{fmt.Sprintf("%d %s", answer.StatusCode, data)}
	}
	var got struct {
		Data   json.RawMessage
		Errors []struct{ Type, Message string }
	}
	if err := json.Unmarshal(data, &got); err != nil {
		a.t.Fatalf("%v: %.300s", err, data)
	}
	var types []string
	for _, e := range got.Errors {
		types = append(types, e.Type)
	}
	if into != nil && len(got.Data) > 0 {
		if err := json.Unmarshal(got.Data, into); err != nil {
			a.t.Fatalf("%v: %.300s", err, got.Data)
		}
	}
	return types
}
