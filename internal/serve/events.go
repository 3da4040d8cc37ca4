package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// maxWaiting bounds the browsers that wait for a build at once.
const maxWaiting = 64

// state is what an event says. A page of another build than this loads itself
// again; any page shows the findings.
type state struct {
	Build    int       `json:"build"`
	Findings []finding `json:"findings"` // null: there are no errors
	More     int       `json:"more"`     // errors that are left out here
}

func (s *server) state() state {
	s.lock.Lock()
	defer s.lock.Unlock()
	shown := s.findings[:min(len(s.findings), maxFindings)]
	return state{s.build, shown, len(s.findings) - len(shown)}
}

// events is the stream of states: one event at once, so that a browser that
// slept learns what it missed, then one whenever something changes.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	told := make(chan struct{}, 1)
	s.lock.Lock()
	full := len(s.waiting) >= maxWaiting
	if !full {
		s.waiting[told] = true
	}
	s.lock.Unlock()
	if full {
		http.Error(w, "too many open pages", http.StatusServiceUnavailable)
		return
	}
	defer func() {
		s.lock.Lock()
		defer s.lock.Unlock()
		delete(s.waiting, told)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	for {
		data, err := json.Marshal(s.state())
		if err != nil {
			return
		}
		stream.SetWriteDeadline(time.Now().Add(patience))
		if _, err := fmt.Fprintf(w, "retry: 500\ndata: %s\n\n", data); err != nil || stream.Flush() != nil {
			return
		}
		select {
		case <-told:
		case <-r.Context().Done():
			return
		}
	}
}
