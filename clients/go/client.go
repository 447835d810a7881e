package wad

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	"wad/clients/go/wadv1"
)

// Options say where a daemon is and who calls it. The zero value reaches the daemon of this host over its unix socket.
type Options struct {
	// Target is "unix:///path/to/wad.sock" or "host:port". Default: WAD_ADDRESS, else the first socket there is at
	// $XDG_RUNTIME_DIR/wad, $XDG_STATE_HOME/wad/run (or ~/.local/state/wad/run) and /run/wad.
	Target string
	// Token is sent with every call, if it is not empty.
	Token string
	// CAFile holds the certificates, as PEM, that the daemon's may be signed by. Default: those of the system.
	CAFile string
	// CertFile and KeyFile hold the certificate and the key, as PEM, that the caller shows. Default: none.
	CertFile, KeyFile string
	// Insecure allows plain text to a host:port, token and all. Default: TLS.
	Insecure bool
}

// Client calls one daemon. It may be used by many goroutines at once.
type Client struct {
	Sessions wadv1.SessionServiceClient
	Devices  wadv1.DeviceServiceClient
	Messages wadv1.MessageServiceClient
	Events   wadv1.EventServiceClient
	Admin    wadv1.AdminServiceClient
	Access   wadv1.AccessServiceClient

	conn *grpc.ClientConn
}

// Connect returns a client. Nothing is dialled before the first call, which fails with [codes.Unavailable] when no
// daemon answers.
//
// It fails with an [*Error] when there is no such address, no daemon at the usual places, or no use for the options.
func Connect(options Options) (*Client, error) {
	found, err := find(options.Target, os.Getenv)
	if err != nil {
		return nil, err
	}
	security, err := transport(found, options)
	if err != nil {
		return nil, &Error{Code: codes.InvalidArgument, Message: err.Error(), cause: err}
	}
	mapper := mapper{daemon: found.shown()}
	conn, err := grpc.NewClient(found.String(),
		grpc.WithTransportCredentials(security),
		grpc.WithChainUnaryInterceptor(mapper.unary, bearer(options.Token).unary),
		grpc.WithChainStreamInterceptor(mapper.stream, bearer(options.Token).stream),
		grpc.WithNoProxy(),              // the daemon is on this host or in this network, whatever the shell's proxy is
		grpc.WithDisableServiceConfig(), // DNS has no say in which calls are repeated
		grpc.WithUserAgent("wad-client-go"),
		// A connection whose other end has silently gone is given up; the daemon allows a ping every 10 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: shortestPause, Multiplier: 2, Jitter: 0.2, MaxDelay: longestPause},
			MinConnectTimeout: 10 * time.Second,
		}),
	)
	if err != nil {
		return nil, &Error{Code: codes.InvalidArgument, Message: err.Error(), cause: err}
	}
	return &Client{
		Sessions: wadv1.NewSessionServiceClient(conn),
		Devices:  wadv1.NewDeviceServiceClient(conn),
		Messages: wadv1.NewMessageServiceClient(conn),
		Events:   wadv1.NewEventServiceClient(conn),
		Admin:    wadv1.NewAdminServiceClient(conn),
		Access:   wadv1.NewAccessServiceClient(conn),
		conn:     conn,
	}, nil
}

// Close ends every call that is under way, with [codes.Canceled], and the connection.
func (c *Client) Close() error {
	return c.conn.Close()
}

// transport returns how bytes travel to the daemon: in plain text over its unix socket, else by TLS.
func transport(to address, options Options) (credentials.TransportCredentials, error) {
	wantsTLS := options.CAFile != "" || options.CertFile != "" || options.KeyFile != ""
	if plain := to.socket != "" || options.Insecure; plain {
		if wantsTLS {
			return nil, fmt.Errorf("%s is reached without TLS; omit the certificates, or Insecure", to.shown())
		}
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if options.CAFile != "" {
		text, err := os.ReadFile(options.CAFile)
		if err != nil {
			return nil, fmt.Errorf("cannot read CAFile: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("CAFile %s holds no certificate", options.CAFile)
		}
	}
	if options.CertFile != "" || options.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(options.CertFile, options.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("cannot use CertFile with KeyFile: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}

// bearer sends a token with every call.
type bearer string

func (b bearer) unary(
	ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	return invoke(b.added(ctx), method, request, reply, conn, options...)
}

func (b bearer) stream(
	ctx context.Context, what *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	return open(b.added(ctx), what, conn, method, options...)
}

func (b bearer) added(ctx context.Context) context.Context {
	if b == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+string(b))
}
