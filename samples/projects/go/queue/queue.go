package queue

// Registry counts the jobs of each worker.
type Registry struct {
	Count int
	jobs  map[string]int
	Done  chan string
}

// Add counts a job.
func (r *Registry) Add(worker string) { r.jobs[worker]++ }

// Drain waits for every job.
func (r *Registry) Drain() {
	for range r.Done {
		r.Count++
	}
}
