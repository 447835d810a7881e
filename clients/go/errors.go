package wad

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const domain = "wad.v1"

// Error says why a call failed. Get it with [errors.As]; [errors.Is] finds [context.Canceled] and
// [context.DeadlineExceeded] in it, and the package status of gRPC its status.
type Error struct {
	// Code is the status.
	Code codes.Code
	// Reason is for programs: a name of wadv1.ErrorReason without its prefix, or one of a later daemon. Empty when the
	// failure was not the daemon's, as when it cannot be reached.
	Reason string
	// Message says what happened and what to do, for people.
	Message string
	// Metadata belongs to the reason, such as its "session_id".
	Metadata map[string]string
	// RetryAfter is how long to wait before another try; nil when the daemon does not say that one makes sense.
	RetryAfter *time.Duration
	// Violations name what was wrong with the request's fields.
	Violations []Violation

	cause error
}

// Violation is what was wrong with one field of a request.
type Violation struct {
	Field, Description string
}

// Error returns the reason, or the status where there is none, with the message.
func (e *Error) Error() string {
	name := e.Reason
	if name == "" {
		name = e.Code.String()
	}
	return fmt.Sprintf("wad: %s: %s", name, e.Message)
}

// Unwrap returns what lies underneath.
func (e *Error) Unwrap() error { return e.cause }

// Is tells a call that its own context ended.
func (e *Error) Is(target error) bool {
	return e.Code == codes.Canceled && target == context.Canceled ||
		e.Code == codes.DeadlineExceeded && target == context.DeadlineExceeded
}

// GRPCStatus returns the status, for the package status of gRPC.
func (e *Error) GRPCStatus() *status.Status {
	if cause, isStatus := status.FromError(e.cause); isStatus && e.cause != nil {
		return cause
	}
	return status.New(e.Code, e.Message)
}

// mapper turns whatever a call fails with into an [*Error].
type mapper struct {
	daemon string // its address, as people write it
}

func (m mapper) mapped(err error) error {
	var known *Error
	if err == nil || err == io.EOF || errors.As(err, &known) {
		return err
	}
	found := status.Convert(err)
	mapped := &Error{Code: found.Code(), Message: found.Message(), cause: err}
	for _, detail := range found.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			if detail.GetDomain() == domain {
				mapped.Reason, mapped.Metadata = detail.GetReason(), detail.GetMetadata()
			}
		case *errdetails.RetryInfo:
			wait := detail.GetRetryDelay().AsDuration()
			mapped.RetryAfter = &wait
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				mapped.Violations = append(mapped.Violations, Violation{violation.GetField(), violation.GetDescription()})
			}
		}
	}
	if mapped.Code == codes.Unavailable && mapped.Reason == "" {
		mapped.Message = fmt.Sprintf("No wad daemon answers at %s: %s. %s", m.daemon, found.Message(), wayOn)
	}
	return mapped
}

func (m mapper) unary(
	ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	return m.mapped(invoke(ctx, method, request, reply, conn, options...))
}

func (m mapper) stream(
	ctx context.Context, what *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	stream, err := open(ctx, what, conn, method, options...)
	if err != nil {
		return nil, m.mapped(err)
	}
	return mappedStream{stream, m}, nil
}

// mappedStream fails with an [*Error].
type mappedStream struct {
	grpc.ClientStream
	mapper mapper
}

func (s mappedStream) Header() (metadata.MD, error) {
	header, err := s.ClientStream.Header()
	return header, s.mapper.mapped(err)
}

func (s mappedStream) SendMsg(message any) error {
	return s.mapper.mapped(s.ClientStream.SendMsg(message))
}

func (s mappedStream) RecvMsg(message any) error {
	return s.mapper.mapped(s.ClientStream.RecvMsg(message))
}
