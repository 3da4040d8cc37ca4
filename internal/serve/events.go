package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// maxWaiting bounds the browsers that wait for a build at once.
const maxWaiting = 64

// events is the stream of states of the page that a browser shows: one event at
// once, so that a browser that slept learns how things stand, then one whenever
// something changes.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	page := r.URL.Query().Get("page")
	told := make(chan struct{}, 1)
	s.lock.Lock()
	full := len(s.waiting) >= maxWaiting
	if !full {
		s.waiting[told] = page
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
		data, err := json.Marshal(s.state(page))
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
