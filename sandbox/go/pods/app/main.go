// A small application for real pods. Its image says in the environment which version it is, and how many requests in a
// hundred fail. It listens on port 8080 and ends on SIGTERM after the open requests.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	version := os.Getenv("VERSION")
	pod, _ := os.Hostname()
	failing, _ := strconv.ParseInt(os.Getenv("ERROR_PERCENT"), 10, 64)
	var count atomic.Int64
	answer := func(out http.ResponseWriter, request *http.Request) {
		status := http.StatusOK
		// 37 has no common divisor with 100, so the failures are spread over each hundred requests.
		if request.URL.Path != "/healthz" && count.Add(1)*37%100 < failing {
			status = http.StatusInternalServerError
		}
		out.Header().Set("content-type", "application/json")
		out.Header().Set("x-version", version)
		out.WriteHeader(status)
		fmt.Fprintf(out, "{\"version\":%q,\"pod\":%q}\n", version, pod)
	}
	server := &http.Server{Addr: ":8080", Handler: http.HandlerFunc(answer)}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-ended.Done()
		// A proxy needs a moment to learn that this pod leaves.
		time.Sleep(500 * time.Millisecond)
		limit, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = server.Shutdown(limit)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-done
}
