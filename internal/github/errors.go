package github

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The errors that callers tell apart, with errors.As. Their sentences, and the
// texts inside them, hold no secret.

// AuthError says that there is no token, or none that is accepted.
type AuthError struct{ Message string }

func (e *AuthError) Error() string { return e.Message }

// TLSError says that no trusted connection could be made.
type TLSError struct {
	Host   string
	Reason string // what is wrong, and the way out
}

func (e *TLSError) Error() string {
	return fmt.Sprintf("no trusted connection to %s: %s", e.Host, e.Reason)
}

// LimitError says that a limit ends later than the user wants to wait.
type LimitError struct {
	Until  time.Time // by the server's clock
	Bucket string    // Core or GraphQL
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the limit of the API for %s requests is reached; resume after %s", e.Bucket, clockTime(e.Until))
}

// clockTime is an instant as messages give it.
func clockTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// DeniedError says that the token may not do this, which is no matter of limits.
type DeniedError struct {
	What    string // what was asked
	Needs   string // the permissions that would do, as X-Accepted-GitHub-Permissions names them; "": not said
	SSO     string // where to authorise the token for the organisation; "": not the cause
	Message string // of the server
}

func (e *DeniedError) Error() string {
	text := e.What + " is denied"
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Needs != "" {
		text += "; the token needs " + e.Needs
	}
	if e.SSO != "" {
		text += "; authorise the token for single sign-on at " + e.SSO
	}
	return text
}

// GoneError says that there is no such thing, or that the token may not see it:
// GitHub gives one answer for both.
type GoneError struct {
	What   string
	Status int // 404, 410 or 451
}

func (e *GoneError) Error() string {
	why := "no access or gone"
	if e.Status == 451 {
		why = "withheld for legal reasons"
	}
	return fmt.Sprintf("%s: %s (HTTP %d)", e.What, why, e.Status)
}

// InvalidError says that the request itself is refused, such as a page beyond
// what a list can show.
type InvalidError struct {
	What    string
	Status  int
	Message string // of the server; names the parameter
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s is refused (HTTP %d): %s", e.What, e.Status, e.Message)
}

// UnavailableError says that there was no answer, after all tries.
type UnavailableError struct {
	What   string
	Status int   // of the last answer; 0: none came, see Err
	Err    error // the text of the last failure; nil: Status says it

	after time.Duration // the server asks for this pause before the next try
}

func (e *UnavailableError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: no answer: %v", e.What, e.Err)
	}
	if e.Status == 202 {
		return e.What + ": the server is still working it out (HTTP 202)"
	}
	return fmt.Sprintf("%s: the server fails (HTTP %d)", e.What, e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// MalformedError says that an answer is none: not JSON, cut off, of another
// kind. Nothing of it is used.
type MalformedError struct{ What, Reason string }

func (e *MalformedError) Error() string { return e.What + ": malformed answer: " + e.Reason }

// RedirectError says that an answer leads where we do not go.
type RedirectError struct{ What, Reason string }

func (e *RedirectError) Error() string { return e.What + ": redirect refused: " + e.Reason }

// QueryError holds what a GraphQL answer says in its errors. The rest of the
// answer may still be good: its data was decoded.
type QueryError struct{ Errors []QueryProblem }

// QueryProblem is one error of a GraphQL answer.
type QueryProblem struct {
	Type    string `json:"type"` // such as NOT_FOUND; often ""
	Message string `json:"message"`
	Path    []any  `json:"path"` // names and numbers (float64) down to the field that is missing
}

func (e *QueryError) Error() string {
	texts := make([]string, 0, 3)
	for i, p := range e.Errors {
		if i == cap(texts) {
			texts = append(texts, strconv.Itoa(len(e.Errors)-i)+" more")
			break
		}
		texts = append(texts, p.Message)
	}
	return "the query is answered with errors: " + strings.Join(texts, "; ")
}
