package dev.wad.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * For those who run the daemon.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AdminServiceGrpc {

  private AdminServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "wad.v1.AdminService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetHealthRequest,
      dev.wad.v1.GetHealthResponse> getGetHealthMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetHealth",
      requestType = dev.wad.v1.GetHealthRequest.class,
      responseType = dev.wad.v1.GetHealthResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetHealthRequest,
      dev.wad.v1.GetHealthResponse> getGetHealthMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetHealthRequest, dev.wad.v1.GetHealthResponse> getGetHealthMethod;
    if ((getGetHealthMethod = AdminServiceGrpc.getGetHealthMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getGetHealthMethod = AdminServiceGrpc.getGetHealthMethod) == null) {
          AdminServiceGrpc.getGetHealthMethod = getGetHealthMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetHealthRequest, dev.wad.v1.GetHealthResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetHealth"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetHealthRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetHealthResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("GetHealth"))
              .build();
        }
      }
    }
    return getGetHealthMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetStatsRequest,
      dev.wad.v1.GetStatsResponse> getGetStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetStats",
      requestType = dev.wad.v1.GetStatsRequest.class,
      responseType = dev.wad.v1.GetStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetStatsRequest,
      dev.wad.v1.GetStatsResponse> getGetStatsMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetStatsRequest, dev.wad.v1.GetStatsResponse> getGetStatsMethod;
    if ((getGetStatsMethod = AdminServiceGrpc.getGetStatsMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getGetStatsMethod = AdminServiceGrpc.getGetStatsMethod) == null) {
          AdminServiceGrpc.getGetStatsMethod = getGetStatsMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetStatsRequest, dev.wad.v1.GetStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetStats"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("GetStats"))
              .build();
        }
      }
    }
    return getGetStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.RunCleanupRequest,
      dev.wad.v1.RunCleanupResponse> getRunCleanupMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RunCleanup",
      requestType = dev.wad.v1.RunCleanupRequest.class,
      responseType = dev.wad.v1.RunCleanupResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.RunCleanupRequest,
      dev.wad.v1.RunCleanupResponse> getRunCleanupMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.RunCleanupRequest, dev.wad.v1.RunCleanupResponse> getRunCleanupMethod;
    if ((getRunCleanupMethod = AdminServiceGrpc.getRunCleanupMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getRunCleanupMethod = AdminServiceGrpc.getRunCleanupMethod) == null) {
          AdminServiceGrpc.getRunCleanupMethod = getRunCleanupMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.RunCleanupRequest, dev.wad.v1.RunCleanupResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RunCleanup"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RunCleanupRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RunCleanupResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("RunCleanup"))
              .build();
        }
      }
    }
    return getRunCleanupMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.StartCleanupSchedulerRequest,
      dev.wad.v1.StartCleanupSchedulerResponse> getStartCleanupSchedulerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StartCleanupScheduler",
      requestType = dev.wad.v1.StartCleanupSchedulerRequest.class,
      responseType = dev.wad.v1.StartCleanupSchedulerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.StartCleanupSchedulerRequest,
      dev.wad.v1.StartCleanupSchedulerResponse> getStartCleanupSchedulerMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.StartCleanupSchedulerRequest, dev.wad.v1.StartCleanupSchedulerResponse> getStartCleanupSchedulerMethod;
    if ((getStartCleanupSchedulerMethod = AdminServiceGrpc.getStartCleanupSchedulerMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getStartCleanupSchedulerMethod = AdminServiceGrpc.getStartCleanupSchedulerMethod) == null) {
          AdminServiceGrpc.getStartCleanupSchedulerMethod = getStartCleanupSchedulerMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.StartCleanupSchedulerRequest, dev.wad.v1.StartCleanupSchedulerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StartCleanupScheduler"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.StartCleanupSchedulerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.StartCleanupSchedulerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("StartCleanupScheduler"))
              .build();
        }
      }
    }
    return getStartCleanupSchedulerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.StopCleanupSchedulerRequest,
      dev.wad.v1.StopCleanupSchedulerResponse> getStopCleanupSchedulerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StopCleanupScheduler",
      requestType = dev.wad.v1.StopCleanupSchedulerRequest.class,
      responseType = dev.wad.v1.StopCleanupSchedulerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.StopCleanupSchedulerRequest,
      dev.wad.v1.StopCleanupSchedulerResponse> getStopCleanupSchedulerMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.StopCleanupSchedulerRequest, dev.wad.v1.StopCleanupSchedulerResponse> getStopCleanupSchedulerMethod;
    if ((getStopCleanupSchedulerMethod = AdminServiceGrpc.getStopCleanupSchedulerMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getStopCleanupSchedulerMethod = AdminServiceGrpc.getStopCleanupSchedulerMethod) == null) {
          AdminServiceGrpc.getStopCleanupSchedulerMethod = getStopCleanupSchedulerMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.StopCleanupSchedulerRequest, dev.wad.v1.StopCleanupSchedulerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StopCleanupScheduler"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.StopCleanupSchedulerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.StopCleanupSchedulerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("StopCleanupScheduler"))
              .build();
        }
      }
    }
    return getStopCleanupSchedulerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ListAlertsRequest,
      dev.wad.v1.ListAlertsResponse> getListAlertsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAlerts",
      requestType = dev.wad.v1.ListAlertsRequest.class,
      responseType = dev.wad.v1.ListAlertsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ListAlertsRequest,
      dev.wad.v1.ListAlertsResponse> getListAlertsMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ListAlertsRequest, dev.wad.v1.ListAlertsResponse> getListAlertsMethod;
    if ((getListAlertsMethod = AdminServiceGrpc.getListAlertsMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getListAlertsMethod = AdminServiceGrpc.getListAlertsMethod) == null) {
          AdminServiceGrpc.getListAlertsMethod = getListAlertsMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ListAlertsRequest, dev.wad.v1.ListAlertsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAlerts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListAlertsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListAlertsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("ListAlerts"))
              .build();
        }
      }
    }
    return getListAlertsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.BackupSessionRequest,
      dev.wad.v1.BackupSessionResponse> getBackupSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BackupSession",
      requestType = dev.wad.v1.BackupSessionRequest.class,
      responseType = dev.wad.v1.BackupSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.BackupSessionRequest,
      dev.wad.v1.BackupSessionResponse> getBackupSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.BackupSessionRequest, dev.wad.v1.BackupSessionResponse> getBackupSessionMethod;
    if ((getBackupSessionMethod = AdminServiceGrpc.getBackupSessionMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getBackupSessionMethod = AdminServiceGrpc.getBackupSessionMethod) == null) {
          AdminServiceGrpc.getBackupSessionMethod = getBackupSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.BackupSessionRequest, dev.wad.v1.BackupSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BackupSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.BackupSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.BackupSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("BackupSession"))
              .build();
        }
      }
    }
    return getBackupSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.RestoreSessionRequest,
      dev.wad.v1.RestoreSessionResponse> getRestoreSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RestoreSession",
      requestType = dev.wad.v1.RestoreSessionRequest.class,
      responseType = dev.wad.v1.RestoreSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.RestoreSessionRequest,
      dev.wad.v1.RestoreSessionResponse> getRestoreSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.RestoreSessionRequest, dev.wad.v1.RestoreSessionResponse> getRestoreSessionMethod;
    if ((getRestoreSessionMethod = AdminServiceGrpc.getRestoreSessionMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getRestoreSessionMethod = AdminServiceGrpc.getRestoreSessionMethod) == null) {
          AdminServiceGrpc.getRestoreSessionMethod = getRestoreSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.RestoreSessionRequest, dev.wad.v1.RestoreSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RestoreSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RestoreSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RestoreSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("RestoreSession"))
              .build();
        }
      }
    }
    return getRestoreSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ListWorkersRequest,
      dev.wad.v1.ListWorkersResponse> getListWorkersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListWorkers",
      requestType = dev.wad.v1.ListWorkersRequest.class,
      responseType = dev.wad.v1.ListWorkersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ListWorkersRequest,
      dev.wad.v1.ListWorkersResponse> getListWorkersMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ListWorkersRequest, dev.wad.v1.ListWorkersResponse> getListWorkersMethod;
    if ((getListWorkersMethod = AdminServiceGrpc.getListWorkersMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getListWorkersMethod = AdminServiceGrpc.getListWorkersMethod) == null) {
          AdminServiceGrpc.getListWorkersMethod = getListWorkersMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ListWorkersRequest, dev.wad.v1.ListWorkersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListWorkers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListWorkersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListWorkersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("ListWorkers"))
              .build();
        }
      }
    }
    return getListWorkersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.DrainWorkerRequest,
      dev.wad.v1.DrainWorkerResponse> getDrainWorkerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DrainWorker",
      requestType = dev.wad.v1.DrainWorkerRequest.class,
      responseType = dev.wad.v1.DrainWorkerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.DrainWorkerRequest,
      dev.wad.v1.DrainWorkerResponse> getDrainWorkerMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.DrainWorkerRequest, dev.wad.v1.DrainWorkerResponse> getDrainWorkerMethod;
    if ((getDrainWorkerMethod = AdminServiceGrpc.getDrainWorkerMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getDrainWorkerMethod = AdminServiceGrpc.getDrainWorkerMethod) == null) {
          AdminServiceGrpc.getDrainWorkerMethod = getDrainWorkerMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.DrainWorkerRequest, dev.wad.v1.DrainWorkerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DrainWorker"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.DrainWorkerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.DrainWorkerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("DrainWorker"))
              .build();
        }
      }
    }
    return getDrainWorkerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ReplaceWorkersRequest,
      dev.wad.v1.ReplaceWorkersResponse> getReplaceWorkersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReplaceWorkers",
      requestType = dev.wad.v1.ReplaceWorkersRequest.class,
      responseType = dev.wad.v1.ReplaceWorkersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ReplaceWorkersRequest,
      dev.wad.v1.ReplaceWorkersResponse> getReplaceWorkersMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ReplaceWorkersRequest, dev.wad.v1.ReplaceWorkersResponse> getReplaceWorkersMethod;
    if ((getReplaceWorkersMethod = AdminServiceGrpc.getReplaceWorkersMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getReplaceWorkersMethod = AdminServiceGrpc.getReplaceWorkersMethod) == null) {
          AdminServiceGrpc.getReplaceWorkersMethod = getReplaceWorkersMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ReplaceWorkersRequest, dev.wad.v1.ReplaceWorkersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReplaceWorkers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ReplaceWorkersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ReplaceWorkersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("ReplaceWorkers"))
              .build();
        }
      }
    }
    return getReplaceWorkersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.DrainRequest,
      dev.wad.v1.DrainResponse> getDrainMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Drain",
      requestType = dev.wad.v1.DrainRequest.class,
      responseType = dev.wad.v1.DrainResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.DrainRequest,
      dev.wad.v1.DrainResponse> getDrainMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.DrainRequest, dev.wad.v1.DrainResponse> getDrainMethod;
    if ((getDrainMethod = AdminServiceGrpc.getDrainMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getDrainMethod = AdminServiceGrpc.getDrainMethod) == null) {
          AdminServiceGrpc.getDrainMethod = getDrainMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.DrainRequest, dev.wad.v1.DrainResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Drain"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.DrainRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.DrainResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("Drain"))
              .build();
        }
      }
    }
    return getDrainMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetConfigRequest,
      dev.wad.v1.GetConfigResponse> getGetConfigMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetConfig",
      requestType = dev.wad.v1.GetConfigRequest.class,
      responseType = dev.wad.v1.GetConfigResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetConfigRequest,
      dev.wad.v1.GetConfigResponse> getGetConfigMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetConfigRequest, dev.wad.v1.GetConfigResponse> getGetConfigMethod;
    if ((getGetConfigMethod = AdminServiceGrpc.getGetConfigMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getGetConfigMethod = AdminServiceGrpc.getGetConfigMethod) == null) {
          AdminServiceGrpc.getGetConfigMethod = getGetConfigMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetConfigRequest, dev.wad.v1.GetConfigResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetConfig"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetConfigRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetConfigResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("GetConfig"))
              .build();
        }
      }
    }
    return getGetConfigMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.UpdateConfigRequest,
      dev.wad.v1.UpdateConfigResponse> getUpdateConfigMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateConfig",
      requestType = dev.wad.v1.UpdateConfigRequest.class,
      responseType = dev.wad.v1.UpdateConfigResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.UpdateConfigRequest,
      dev.wad.v1.UpdateConfigResponse> getUpdateConfigMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.UpdateConfigRequest, dev.wad.v1.UpdateConfigResponse> getUpdateConfigMethod;
    if ((getUpdateConfigMethod = AdminServiceGrpc.getUpdateConfigMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getUpdateConfigMethod = AdminServiceGrpc.getUpdateConfigMethod) == null) {
          AdminServiceGrpc.getUpdateConfigMethod = getUpdateConfigMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.UpdateConfigRequest, dev.wad.v1.UpdateConfigResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateConfig"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.UpdateConfigRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.UpdateConfigResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("UpdateConfig"))
              .build();
        }
      }
    }
    return getUpdateConfigMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ListAuditRecordsRequest,
      dev.wad.v1.ListAuditRecordsResponse> getListAuditRecordsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAuditRecords",
      requestType = dev.wad.v1.ListAuditRecordsRequest.class,
      responseType = dev.wad.v1.ListAuditRecordsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ListAuditRecordsRequest,
      dev.wad.v1.ListAuditRecordsResponse> getListAuditRecordsMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ListAuditRecordsRequest, dev.wad.v1.ListAuditRecordsResponse> getListAuditRecordsMethod;
    if ((getListAuditRecordsMethod = AdminServiceGrpc.getListAuditRecordsMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getListAuditRecordsMethod = AdminServiceGrpc.getListAuditRecordsMethod) == null) {
          AdminServiceGrpc.getListAuditRecordsMethod = getListAuditRecordsMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ListAuditRecordsRequest, dev.wad.v1.ListAuditRecordsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAuditRecords"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListAuditRecordsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListAuditRecordsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("ListAuditRecords"))
              .build();
        }
      }
    }
    return getListAuditRecordsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetDebugRequest,
      dev.wad.v1.GetDebugResponse> getGetDebugMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetDebug",
      requestType = dev.wad.v1.GetDebugRequest.class,
      responseType = dev.wad.v1.GetDebugResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetDebugRequest,
      dev.wad.v1.GetDebugResponse> getGetDebugMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetDebugRequest, dev.wad.v1.GetDebugResponse> getGetDebugMethod;
    if ((getGetDebugMethod = AdminServiceGrpc.getGetDebugMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getGetDebugMethod = AdminServiceGrpc.getGetDebugMethod) == null) {
          AdminServiceGrpc.getGetDebugMethod = getGetDebugMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetDebugRequest, dev.wad.v1.GetDebugResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetDebug"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetDebugRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetDebugResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("GetDebug"))
              .build();
        }
      }
    }
    return getGetDebugMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AdminServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceStub>() {
        @java.lang.Override
        public AdminServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceStub(channel, callOptions);
        }
      };
    return AdminServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AdminServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingV2Stub>() {
        @java.lang.Override
        public AdminServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AdminServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AdminServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingStub>() {
        @java.lang.Override
        public AdminServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceBlockingStub(channel, callOptions);
        }
      };
    return AdminServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AdminServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceFutureStub>() {
        @java.lang.Override
        public AdminServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceFutureStub(channel, callOptions);
        }
      };
    return AdminServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * For those who run the daemon.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns how the daemon is, in detail; `grpc.health.v1` answers the same question in one word.
     * Errors: none of its own: a daemon that is unwell says so in the response.
     * </pre>
     */
    default void getHealth(dev.wad.v1.GetHealthRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetHealthResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetHealthMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the daemon's counts: sessions, limits, workers, timers, watchers, and what the sweep has done.
     * Errors: none of its own.
     * </pre>
     */
    default void getStats(dev.wad.v1.GetStatsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sweeps now: removes sessions that have outlived a limit, deactivates records without a session, purges the trash,
     * and measures the disk. Credentials are never deleted. One sweep runs at a time; a call during another waits for it.
     * Errors: none of its own: a part of the sweep that fails is reported in the response.
     * </pre>
     */
    default void runCleanup(dev.wad.v1.RunCleanupRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RunCleanupResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRunCleanupMethod(), responseObserver);
    }

    /**
     * <pre>
     * Starts the scheduler that sweeps at every interval; one that runs is left as it is.
     * Errors: FAILED_PRECONDITION / CONFIGURATION_ERROR when no interval is configured (`sessions.cleanup_interval` is 0).
     * </pre>
     */
    default void startCleanupScheduler(dev.wad.v1.StartCleanupSchedulerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.StartCleanupSchedulerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStartCleanupSchedulerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Stops that scheduler until it is started again or the daemon restarts; a sweep under way is finished. Sessions still
     * expire at their own deadlines.
     * Errors: none of its own.
     * </pre>
     */
    default void stopCleanupScheduler(dev.wad.v1.StopCleanupSchedulerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.StopCleanupSchedulerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStopCleanupSchedulerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the alerts that the daemon looks for by itself every few minutes (`alerts.interval`), with what it measures now.
     * Being asked raises and resolves none: `active` is as the daemon's latest look left it.
     * There are more among the rules for Prometheus: those that only a history can tell.
     * Errors: none of its own.
     * </pre>
     */
    default void listAlerts(dev.wad.v1.ListAlertsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListAlertsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAlertsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Saves a session's credentials, also while it is connected, as an archive; the session notices nothing. The first
     * response holds the manifest, those that follow the archive's bytes in order. RestoreSession and `wad restore` take it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when it has no
     * credentials; UNAVAILABLE / STORAGE_ERROR when they cannot be read.
     * </pre>
     */
    default void backupSession(dev.wad.v1.BackupSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.BackupSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBackupSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Puts archived credentials into a session's place. The first request holds the options, those that follow the
     * archive's bytes in order. The session is kept out of service unless it is to be started; the next CreateSession
     * connects it without a QR. Credentials that were there go into the trash.
     * Errors: INVALID_ARGUMENT when the archive is not whole and unchanged, or the keys do not open it; UNAVAILABLE /
     * SESSION_BUSY when the session is in service; FAILED_PRECONDITION / CREDENTIALS_NEWER; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.wad.v1.RestoreSessionRequest> restoreSession(
        io.grpc.stub.StreamObserver<dev.wad.v1.RestoreSessionResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getRestoreSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the daemon's worker processes with the sessions that each runs and what it uses, measured now.
     * Errors: none of its own.
     * </pre>
     */
    default void listWorkers(dev.wad.v1.ListWorkersRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListWorkersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListWorkersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives a worker no new sessions from now on; it ends when those that it has are gone. One without sessions ends at
     * once. To move its sessions elsewhere, replace it.
     * Errors: NOT_FOUND / WORKER_NOT_FOUND.
     * </pre>
     */
    default void drainWorker(dev.wad.v1.DrainWorkerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.DrainWorkerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDrainWorkerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Moves the sessions of one worker, or of all, to other workers one by one, and ends each worker that is empty then.
     * Each session is offline for the second or so that its new connection takes. Tells what became of each session and
     * each worker as it happens, and sums it up in the last response. Stops at the first session that fails to come up
     * elsewhere: the other sessions of its worker stay there, and workers whose turn has not come go on as before. A caller
     * that hangs up stops it too. Replacements happen one after the other; a call during another waits for it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / WORKER_NOT_FOUND. A session that fails is no error of the call.
     * </pre>
     */
    default void replaceWorkers(dev.wad.v1.ReplaceWorkersRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ReplaceWorkersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReplaceWorkersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes the daemon ready to be stopped, and tells how far it is: its health turns NOT_SERVING, watches and links end with
     * UNAVAILABLE / DRAINING, calls that change something are refused with the same from then on, those under way are waited
     * for, and the sessions are closed if that is asked for. Calls that only read are still answered. What was begun goes on
     * when the caller hangs up. Only a restart takes it back. A call during another follows the same drain.
     * Errors: none of its own.
     * </pre>
     */
    default void drain(dev.wad.v1.DrainRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.DrainResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDrainMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the daemon's configuration: every key with its value and where that comes from.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    default void getConfig(dev.wad.v1.GetConfigRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetConfigResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetConfigMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes keys of the configuration that can change while the daemon runs. All changes are made or none. They hold until
     * the daemon restarts or reads its files again (SIGHUP): to keep one, write it into the file too. New limits hold for
     * sessions that are made live from then on.
     * Errors: INVALID_ARGUMENT, with the key as the field, when it is unknown or cannot have that value;
     * FAILED_PRECONDITION / RESTART_REQUIRED when it takes effect only at a start.
     * </pre>
     */
    default void updateConfig(dev.wad.v1.UpdateConfigRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.UpdateConfigResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateConfigMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the audit log: who changed what, or tried to, newest first, page by page.
     * Errors: INVALID_ARGUMENT; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default void listAuditRecords(dev.wad.v1.ListAuditRecordsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListAuditRecordsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAuditRecordsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns what the daemon is doing at this moment, for whoever looks for a fault in it: tasks and where each waits, timers,
     * queues, worker processes, calls under way. It holds names and numbers, never a QR, a code, a token or a message. SIGQUIT
     * has the daemon write the same into its log.
     * Errors: none of its own.
     * </pre>
     */
    default void getDebug(dev.wad.v1.GetDebugRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetDebugResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetDebugMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AdminService.
   * <pre>
   * For those who run the daemon.
   * </pre>
   */
  public static abstract class AdminServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AdminServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AdminService.
   * <pre>
   * For those who run the daemon.
   * </pre>
   */
  public static final class AdminServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AdminServiceStub> {
    private AdminServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns how the daemon is, in detail; `grpc.health.v1` answers the same question in one word.
     * Errors: none of its own: a daemon that is unwell says so in the response.
     * </pre>
     */
    public void getHealth(dev.wad.v1.GetHealthRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetHealthResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetHealthMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns the daemon's counts: sessions, limits, workers, timers, watchers, and what the sweep has done.
     * Errors: none of its own.
     * </pre>
     */
    public void getStats(dev.wad.v1.GetStatsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sweeps now: removes sessions that have outlived a limit, deactivates records without a session, purges the trash,
     * and measures the disk. Credentials are never deleted. One sweep runs at a time; a call during another waits for it.
     * Errors: none of its own: a part of the sweep that fails is reported in the response.
     * </pre>
     */
    public void runCleanup(dev.wad.v1.RunCleanupRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RunCleanupResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRunCleanupMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Starts the scheduler that sweeps at every interval; one that runs is left as it is.
     * Errors: FAILED_PRECONDITION / CONFIGURATION_ERROR when no interval is configured (`sessions.cleanup_interval` is 0).
     * </pre>
     */
    public void startCleanupScheduler(dev.wad.v1.StartCleanupSchedulerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.StartCleanupSchedulerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStartCleanupSchedulerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Stops that scheduler until it is started again or the daemon restarts; a sweep under way is finished. Sessions still
     * expire at their own deadlines.
     * Errors: none of its own.
     * </pre>
     */
    public void stopCleanupScheduler(dev.wad.v1.StopCleanupSchedulerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.StopCleanupSchedulerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStopCleanupSchedulerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns the alerts that the daemon looks for by itself every few minutes (`alerts.interval`), with what it measures now.
     * Being asked raises and resolves none: `active` is as the daemon's latest look left it.
     * There are more among the rules for Prometheus: those that only a history can tell.
     * Errors: none of its own.
     * </pre>
     */
    public void listAlerts(dev.wad.v1.ListAlertsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListAlertsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAlertsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Saves a session's credentials, also while it is connected, as an archive; the session notices nothing. The first
     * response holds the manifest, those that follow the archive's bytes in order. RestoreSession and `wad restore` take it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when it has no
     * credentials; UNAVAILABLE / STORAGE_ERROR when they cannot be read.
     * </pre>
     */
    public void backupSession(dev.wad.v1.BackupSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.BackupSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getBackupSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Puts archived credentials into a session's place. The first request holds the options, those that follow the
     * archive's bytes in order. The session is kept out of service unless it is to be started; the next CreateSession
     * connects it without a QR. Credentials that were there go into the trash.
     * Errors: INVALID_ARGUMENT when the archive is not whole and unchanged, or the keys do not open it; UNAVAILABLE /
     * SESSION_BUSY when the session is in service; FAILED_PRECONDITION / CREDENTIALS_NEWER; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.wad.v1.RestoreSessionRequest> restoreSession(
        io.grpc.stub.StreamObserver<dev.wad.v1.RestoreSessionResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getRestoreSessionMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Returns the daemon's worker processes with the sessions that each runs and what it uses, measured now.
     * Errors: none of its own.
     * </pre>
     */
    public void listWorkers(dev.wad.v1.ListWorkersRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListWorkersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListWorkersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives a worker no new sessions from now on; it ends when those that it has are gone. One without sessions ends at
     * once. To move its sessions elsewhere, replace it.
     * Errors: NOT_FOUND / WORKER_NOT_FOUND.
     * </pre>
     */
    public void drainWorker(dev.wad.v1.DrainWorkerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.DrainWorkerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDrainWorkerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Moves the sessions of one worker, or of all, to other workers one by one, and ends each worker that is empty then.
     * Each session is offline for the second or so that its new connection takes. Tells what became of each session and
     * each worker as it happens, and sums it up in the last response. Stops at the first session that fails to come up
     * elsewhere: the other sessions of its worker stay there, and workers whose turn has not come go on as before. A caller
     * that hangs up stops it too. Replacements happen one after the other; a call during another waits for it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / WORKER_NOT_FOUND. A session that fails is no error of the call.
     * </pre>
     */
    public void replaceWorkers(dev.wad.v1.ReplaceWorkersRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ReplaceWorkersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getReplaceWorkersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes the daemon ready to be stopped, and tells how far it is: its health turns NOT_SERVING, watches and links end with
     * UNAVAILABLE / DRAINING, calls that change something are refused with the same from then on, those under way are waited
     * for, and the sessions are closed if that is asked for. Calls that only read are still answered. What was begun goes on
     * when the caller hangs up. Only a restart takes it back. A call during another follows the same drain.
     * Errors: none of its own.
     * </pre>
     */
    public void drain(dev.wad.v1.DrainRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.DrainResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getDrainMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns the daemon's configuration: every key with its value and where that comes from.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public void getConfig(dev.wad.v1.GetConfigRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetConfigResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetConfigMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes keys of the configuration that can change while the daemon runs. All changes are made or none. They hold until
     * the daemon restarts or reads its files again (SIGHUP): to keep one, write it into the file too. New limits hold for
     * sessions that are made live from then on.
     * Errors: INVALID_ARGUMENT, with the key as the field, when it is unknown or cannot have that value;
     * FAILED_PRECONDITION / RESTART_REQUIRED when it takes effect only at a start.
     * </pre>
     */
    public void updateConfig(dev.wad.v1.UpdateConfigRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.UpdateConfigResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateConfigMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the audit log: who changed what, or tried to, newest first, page by page.
     * Errors: INVALID_ARGUMENT; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public void listAuditRecords(dev.wad.v1.ListAuditRecordsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListAuditRecordsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAuditRecordsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns what the daemon is doing at this moment, for whoever looks for a fault in it: tasks and where each waits, timers,
     * queues, worker processes, calls under way. It holds names and numbers, never a QR, a code, a token or a message. SIGQUIT
     * has the daemon write the same into its log.
     * Errors: none of its own.
     * </pre>
     */
    public void getDebug(dev.wad.v1.GetDebugRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetDebugResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetDebugMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AdminService.
   * <pre>
   * For those who run the daemon.
   * </pre>
   */
  public static final class AdminServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AdminServiceBlockingV2Stub> {
    private AdminServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns how the daemon is, in detail; `grpc.health.v1` answers the same question in one word.
     * Errors: none of its own: a daemon that is unwell says so in the response.
     * </pre>
     */
    public dev.wad.v1.GetHealthResponse getHealth(dev.wad.v1.GetHealthRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetHealthMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the daemon's counts: sessions, limits, workers, timers, watchers, and what the sweep has done.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.GetStatsResponse getStats(dev.wad.v1.GetStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sweeps now: removes sessions that have outlived a limit, deactivates records without a session, purges the trash,
     * and measures the disk. Credentials are never deleted. One sweep runs at a time; a call during another waits for it.
     * Errors: none of its own: a part of the sweep that fails is reported in the response.
     * </pre>
     */
    public dev.wad.v1.RunCleanupResponse runCleanup(dev.wad.v1.RunCleanupRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRunCleanupMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Starts the scheduler that sweeps at every interval; one that runs is left as it is.
     * Errors: FAILED_PRECONDITION / CONFIGURATION_ERROR when no interval is configured (`sessions.cleanup_interval` is 0).
     * </pre>
     */
    public dev.wad.v1.StartCleanupSchedulerResponse startCleanupScheduler(dev.wad.v1.StartCleanupSchedulerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStartCleanupSchedulerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops that scheduler until it is started again or the daemon restarts; a sweep under way is finished. Sessions still
     * expire at their own deadlines.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.StopCleanupSchedulerResponse stopCleanupScheduler(dev.wad.v1.StopCleanupSchedulerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStopCleanupSchedulerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the alerts that the daemon looks for by itself every few minutes (`alerts.interval`), with what it measures now.
     * Being asked raises and resolves none: `active` is as the daemon's latest look left it.
     * There are more among the rules for Prometheus: those that only a history can tell.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.ListAlertsResponse listAlerts(dev.wad.v1.ListAlertsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAlertsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Saves a session's credentials, also while it is connected, as an archive; the session notices nothing. The first
     * response holds the manifest, those that follow the archive's bytes in order. RestoreSession and `wad restore` take it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when it has no
     * credentials; UNAVAILABLE / STORAGE_ERROR when they cannot be read.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.wad.v1.BackupSessionResponse>
        backupSession(dev.wad.v1.BackupSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getBackupSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Puts archived credentials into a session's place. The first request holds the options, those that follow the
     * archive's bytes in order. The session is kept out of service unless it is to be started; the next CreateSession
     * connects it without a QR. Credentials that were there go into the trash.
     * Errors: INVALID_ARGUMENT when the archive is not whole and unchanged, or the keys do not open it; UNAVAILABLE /
     * SESSION_BUSY when the session is in service; FAILED_PRECONDITION / CREDENTIALS_NEWER; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.wad.v1.RestoreSessionRequest, dev.wad.v1.RestoreSessionResponse>
        restoreSession() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getRestoreSessionMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Returns the daemon's worker processes with the sessions that each runs and what it uses, measured now.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.ListWorkersResponse listWorkers(dev.wad.v1.ListWorkersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListWorkersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives a worker no new sessions from now on; it ends when those that it has are gone. One without sessions ends at
     * once. To move its sessions elsewhere, replace it.
     * Errors: NOT_FOUND / WORKER_NOT_FOUND.
     * </pre>
     */
    public dev.wad.v1.DrainWorkerResponse drainWorker(dev.wad.v1.DrainWorkerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDrainWorkerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves the sessions of one worker, or of all, to other workers one by one, and ends each worker that is empty then.
     * Each session is offline for the second or so that its new connection takes. Tells what became of each session and
     * each worker as it happens, and sums it up in the last response. Stops at the first session that fails to come up
     * elsewhere: the other sessions of its worker stay there, and workers whose turn has not come go on as before. A caller
     * that hangs up stops it too. Replacements happen one after the other; a call during another waits for it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / WORKER_NOT_FOUND. A session that fails is no error of the call.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.wad.v1.ReplaceWorkersResponse>
        replaceWorkers(dev.wad.v1.ReplaceWorkersRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getReplaceWorkersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes the daemon ready to be stopped, and tells how far it is: its health turns NOT_SERVING, watches and links end with
     * UNAVAILABLE / DRAINING, calls that change something are refused with the same from then on, those under way are waited
     * for, and the sessions are closed if that is asked for. Calls that only read are still answered. What was begun goes on
     * when the caller hangs up. Only a restart takes it back. A call during another follows the same drain.
     * Errors: none of its own.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.wad.v1.DrainResponse>
        drain(dev.wad.v1.DrainRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getDrainMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the daemon's configuration: every key with its value and where that comes from.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.GetConfigResponse getConfig(dev.wad.v1.GetConfigRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetConfigMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes keys of the configuration that can change while the daemon runs. All changes are made or none. They hold until
     * the daemon restarts or reads its files again (SIGHUP): to keep one, write it into the file too. New limits hold for
     * sessions that are made live from then on.
     * Errors: INVALID_ARGUMENT, with the key as the field, when it is unknown or cannot have that value;
     * FAILED_PRECONDITION / RESTART_REQUIRED when it takes effect only at a start.
     * </pre>
     */
    public dev.wad.v1.UpdateConfigResponse updateConfig(dev.wad.v1.UpdateConfigRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateConfigMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the audit log: who changed what, or tried to, newest first, page by page.
     * Errors: INVALID_ARGUMENT; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.ListAuditRecordsResponse listAuditRecords(dev.wad.v1.ListAuditRecordsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAuditRecordsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns what the daemon is doing at this moment, for whoever looks for a fault in it: tasks and where each waits, timers,
     * queues, worker processes, calls under way. It holds names and numbers, never a QR, a code, a token or a message. SIGQUIT
     * has the daemon write the same into its log.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.GetDebugResponse getDebug(dev.wad.v1.GetDebugRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetDebugMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AdminService.
   * <pre>
   * For those who run the daemon.
   * </pre>
   */
  public static final class AdminServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AdminServiceBlockingStub> {
    private AdminServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns how the daemon is, in detail; `grpc.health.v1` answers the same question in one word.
     * Errors: none of its own: a daemon that is unwell says so in the response.
     * </pre>
     */
    public dev.wad.v1.GetHealthResponse getHealth(dev.wad.v1.GetHealthRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetHealthMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the daemon's counts: sessions, limits, workers, timers, watchers, and what the sweep has done.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.GetStatsResponse getStats(dev.wad.v1.GetStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sweeps now: removes sessions that have outlived a limit, deactivates records without a session, purges the trash,
     * and measures the disk. Credentials are never deleted. One sweep runs at a time; a call during another waits for it.
     * Errors: none of its own: a part of the sweep that fails is reported in the response.
     * </pre>
     */
    public dev.wad.v1.RunCleanupResponse runCleanup(dev.wad.v1.RunCleanupRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRunCleanupMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Starts the scheduler that sweeps at every interval; one that runs is left as it is.
     * Errors: FAILED_PRECONDITION / CONFIGURATION_ERROR when no interval is configured (`sessions.cleanup_interval` is 0).
     * </pre>
     */
    public dev.wad.v1.StartCleanupSchedulerResponse startCleanupScheduler(dev.wad.v1.StartCleanupSchedulerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStartCleanupSchedulerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops that scheduler until it is started again or the daemon restarts; a sweep under way is finished. Sessions still
     * expire at their own deadlines.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.StopCleanupSchedulerResponse stopCleanupScheduler(dev.wad.v1.StopCleanupSchedulerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStopCleanupSchedulerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the alerts that the daemon looks for by itself every few minutes (`alerts.interval`), with what it measures now.
     * Being asked raises and resolves none: `active` is as the daemon's latest look left it.
     * There are more among the rules for Prometheus: those that only a history can tell.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.ListAlertsResponse listAlerts(dev.wad.v1.ListAlertsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAlertsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Saves a session's credentials, also while it is connected, as an archive; the session notices nothing. The first
     * response holds the manifest, those that follow the archive's bytes in order. RestoreSession and `wad restore` take it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when it has no
     * credentials; UNAVAILABLE / STORAGE_ERROR when they cannot be read.
     * </pre>
     */
    public java.util.Iterator<dev.wad.v1.BackupSessionResponse> backupSession(
        dev.wad.v1.BackupSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getBackupSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the daemon's worker processes with the sessions that each runs and what it uses, measured now.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.ListWorkersResponse listWorkers(dev.wad.v1.ListWorkersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListWorkersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives a worker no new sessions from now on; it ends when those that it has are gone. One without sessions ends at
     * once. To move its sessions elsewhere, replace it.
     * Errors: NOT_FOUND / WORKER_NOT_FOUND.
     * </pre>
     */
    public dev.wad.v1.DrainWorkerResponse drainWorker(dev.wad.v1.DrainWorkerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDrainWorkerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves the sessions of one worker, or of all, to other workers one by one, and ends each worker that is empty then.
     * Each session is offline for the second or so that its new connection takes. Tells what became of each session and
     * each worker as it happens, and sums it up in the last response. Stops at the first session that fails to come up
     * elsewhere: the other sessions of its worker stay there, and workers whose turn has not come go on as before. A caller
     * that hangs up stops it too. Replacements happen one after the other; a call during another waits for it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / WORKER_NOT_FOUND. A session that fails is no error of the call.
     * </pre>
     */
    public java.util.Iterator<dev.wad.v1.ReplaceWorkersResponse> replaceWorkers(
        dev.wad.v1.ReplaceWorkersRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getReplaceWorkersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes the daemon ready to be stopped, and tells how far it is: its health turns NOT_SERVING, watches and links end with
     * UNAVAILABLE / DRAINING, calls that change something are refused with the same from then on, those under way are waited
     * for, and the sessions are closed if that is asked for. Calls that only read are still answered. What was begun goes on
     * when the caller hangs up. Only a restart takes it back. A call during another follows the same drain.
     * Errors: none of its own.
     * </pre>
     */
    public java.util.Iterator<dev.wad.v1.DrainResponse> drain(
        dev.wad.v1.DrainRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getDrainMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the daemon's configuration: every key with its value and where that comes from.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.GetConfigResponse getConfig(dev.wad.v1.GetConfigRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetConfigMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes keys of the configuration that can change while the daemon runs. All changes are made or none. They hold until
     * the daemon restarts or reads its files again (SIGHUP): to keep one, write it into the file too. New limits hold for
     * sessions that are made live from then on.
     * Errors: INVALID_ARGUMENT, with the key as the field, when it is unknown or cannot have that value;
     * FAILED_PRECONDITION / RESTART_REQUIRED when it takes effect only at a start.
     * </pre>
     */
    public dev.wad.v1.UpdateConfigResponse updateConfig(dev.wad.v1.UpdateConfigRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateConfigMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the audit log: who changed what, or tried to, newest first, page by page.
     * Errors: INVALID_ARGUMENT; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.ListAuditRecordsResponse listAuditRecords(dev.wad.v1.ListAuditRecordsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAuditRecordsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns what the daemon is doing at this moment, for whoever looks for a fault in it: tasks and where each waits, timers,
     * queues, worker processes, calls under way. It holds names and numbers, never a QR, a code, a token or a message. SIGQUIT
     * has the daemon write the same into its log.
     * Errors: none of its own.
     * </pre>
     */
    public dev.wad.v1.GetDebugResponse getDebug(dev.wad.v1.GetDebugRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetDebugMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AdminService.
   * <pre>
   * For those who run the daemon.
   * </pre>
   */
  public static final class AdminServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AdminServiceFutureStub> {
    private AdminServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns how the daemon is, in detail; `grpc.health.v1` answers the same question in one word.
     * Errors: none of its own: a daemon that is unwell says so in the response.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetHealthResponse> getHealth(
        dev.wad.v1.GetHealthRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetHealthMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the daemon's counts: sessions, limits, workers, timers, watchers, and what the sweep has done.
     * Errors: none of its own.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetStatsResponse> getStats(
        dev.wad.v1.GetStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sweeps now: removes sessions that have outlived a limit, deactivates records without a session, purges the trash,
     * and measures the disk. Credentials are never deleted. One sweep runs at a time; a call during another waits for it.
     * Errors: none of its own: a part of the sweep that fails is reported in the response.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.RunCleanupResponse> runCleanup(
        dev.wad.v1.RunCleanupRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRunCleanupMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Starts the scheduler that sweeps at every interval; one that runs is left as it is.
     * Errors: FAILED_PRECONDITION / CONFIGURATION_ERROR when no interval is configured (`sessions.cleanup_interval` is 0).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.StartCleanupSchedulerResponse> startCleanupScheduler(
        dev.wad.v1.StartCleanupSchedulerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStartCleanupSchedulerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Stops that scheduler until it is started again or the daemon restarts; a sweep under way is finished. Sessions still
     * expire at their own deadlines.
     * Errors: none of its own.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.StopCleanupSchedulerResponse> stopCleanupScheduler(
        dev.wad.v1.StopCleanupSchedulerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStopCleanupSchedulerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the alerts that the daemon looks for by itself every few minutes (`alerts.interval`), with what it measures now.
     * Being asked raises and resolves none: `active` is as the daemon's latest look left it.
     * There are more among the rules for Prometheus: those that only a history can tell.
     * Errors: none of its own.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ListAlertsResponse> listAlerts(
        dev.wad.v1.ListAlertsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAlertsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the daemon's worker processes with the sessions that each runs and what it uses, measured now.
     * Errors: none of its own.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ListWorkersResponse> listWorkers(
        dev.wad.v1.ListWorkersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListWorkersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives a worker no new sessions from now on; it ends when those that it has are gone. One without sessions ends at
     * once. To move its sessions elsewhere, replace it.
     * Errors: NOT_FOUND / WORKER_NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.DrainWorkerResponse> drainWorker(
        dev.wad.v1.DrainWorkerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDrainWorkerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the daemon's configuration: every key with its value and where that comes from.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetConfigResponse> getConfig(
        dev.wad.v1.GetConfigRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetConfigMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes keys of the configuration that can change while the daemon runs. All changes are made or none. They hold until
     * the daemon restarts or reads its files again (SIGHUP): to keep one, write it into the file too. New limits hold for
     * sessions that are made live from then on.
     * Errors: INVALID_ARGUMENT, with the key as the field, when it is unknown or cannot have that value;
     * FAILED_PRECONDITION / RESTART_REQUIRED when it takes effect only at a start.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.UpdateConfigResponse> updateConfig(
        dev.wad.v1.UpdateConfigRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateConfigMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the audit log: who changed what, or tried to, newest first, page by page.
     * Errors: INVALID_ARGUMENT; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ListAuditRecordsResponse> listAuditRecords(
        dev.wad.v1.ListAuditRecordsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAuditRecordsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns what the daemon is doing at this moment, for whoever looks for a fault in it: tasks and where each waits, timers,
     * queues, worker processes, calls under way. It holds names and numbers, never a QR, a code, a token or a message. SIGQUIT
     * has the daemon write the same into its log.
     * Errors: none of its own.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetDebugResponse> getDebug(
        dev.wad.v1.GetDebugRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetDebugMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_HEALTH = 0;
  private static final int METHODID_GET_STATS = 1;
  private static final int METHODID_RUN_CLEANUP = 2;
  private static final int METHODID_START_CLEANUP_SCHEDULER = 3;
  private static final int METHODID_STOP_CLEANUP_SCHEDULER = 4;
  private static final int METHODID_LIST_ALERTS = 5;
  private static final int METHODID_BACKUP_SESSION = 6;
  private static final int METHODID_LIST_WORKERS = 7;
  private static final int METHODID_DRAIN_WORKER = 8;
  private static final int METHODID_REPLACE_WORKERS = 9;
  private static final int METHODID_DRAIN = 10;
  private static final int METHODID_GET_CONFIG = 11;
  private static final int METHODID_UPDATE_CONFIG = 12;
  private static final int METHODID_LIST_AUDIT_RECORDS = 13;
  private static final int METHODID_GET_DEBUG = 14;
  private static final int METHODID_RESTORE_SESSION = 15;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_GET_HEALTH:
          serviceImpl.getHealth((dev.wad.v1.GetHealthRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetHealthResponse>) responseObserver);
          break;
        case METHODID_GET_STATS:
          serviceImpl.getStats((dev.wad.v1.GetStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetStatsResponse>) responseObserver);
          break;
        case METHODID_RUN_CLEANUP:
          serviceImpl.runCleanup((dev.wad.v1.RunCleanupRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.RunCleanupResponse>) responseObserver);
          break;
        case METHODID_START_CLEANUP_SCHEDULER:
          serviceImpl.startCleanupScheduler((dev.wad.v1.StartCleanupSchedulerRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.StartCleanupSchedulerResponse>) responseObserver);
          break;
        case METHODID_STOP_CLEANUP_SCHEDULER:
          serviceImpl.stopCleanupScheduler((dev.wad.v1.StopCleanupSchedulerRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.StopCleanupSchedulerResponse>) responseObserver);
          break;
        case METHODID_LIST_ALERTS:
          serviceImpl.listAlerts((dev.wad.v1.ListAlertsRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ListAlertsResponse>) responseObserver);
          break;
        case METHODID_BACKUP_SESSION:
          serviceImpl.backupSession((dev.wad.v1.BackupSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.BackupSessionResponse>) responseObserver);
          break;
        case METHODID_LIST_WORKERS:
          serviceImpl.listWorkers((dev.wad.v1.ListWorkersRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ListWorkersResponse>) responseObserver);
          break;
        case METHODID_DRAIN_WORKER:
          serviceImpl.drainWorker((dev.wad.v1.DrainWorkerRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.DrainWorkerResponse>) responseObserver);
          break;
        case METHODID_REPLACE_WORKERS:
          serviceImpl.replaceWorkers((dev.wad.v1.ReplaceWorkersRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ReplaceWorkersResponse>) responseObserver);
          break;
        case METHODID_DRAIN:
          serviceImpl.drain((dev.wad.v1.DrainRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.DrainResponse>) responseObserver);
          break;
        case METHODID_GET_CONFIG:
          serviceImpl.getConfig((dev.wad.v1.GetConfigRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetConfigResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CONFIG:
          serviceImpl.updateConfig((dev.wad.v1.UpdateConfigRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.UpdateConfigResponse>) responseObserver);
          break;
        case METHODID_LIST_AUDIT_RECORDS:
          serviceImpl.listAuditRecords((dev.wad.v1.ListAuditRecordsRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ListAuditRecordsResponse>) responseObserver);
          break;
        case METHODID_GET_DEBUG:
          serviceImpl.getDebug((dev.wad.v1.GetDebugRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetDebugResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_RESTORE_SESSION:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.restoreSession(
              (io.grpc.stub.StreamObserver<dev.wad.v1.RestoreSessionResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getGetHealthMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetHealthRequest,
              dev.wad.v1.GetHealthResponse>(
                service, METHODID_GET_HEALTH)))
        .addMethod(
          getGetStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetStatsRequest,
              dev.wad.v1.GetStatsResponse>(
                service, METHODID_GET_STATS)))
        .addMethod(
          getRunCleanupMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.RunCleanupRequest,
              dev.wad.v1.RunCleanupResponse>(
                service, METHODID_RUN_CLEANUP)))
        .addMethod(
          getStartCleanupSchedulerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.StartCleanupSchedulerRequest,
              dev.wad.v1.StartCleanupSchedulerResponse>(
                service, METHODID_START_CLEANUP_SCHEDULER)))
        .addMethod(
          getStopCleanupSchedulerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.StopCleanupSchedulerRequest,
              dev.wad.v1.StopCleanupSchedulerResponse>(
                service, METHODID_STOP_CLEANUP_SCHEDULER)))
        .addMethod(
          getListAlertsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ListAlertsRequest,
              dev.wad.v1.ListAlertsResponse>(
                service, METHODID_LIST_ALERTS)))
        .addMethod(
          getBackupSessionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.wad.v1.BackupSessionRequest,
              dev.wad.v1.BackupSessionResponse>(
                service, METHODID_BACKUP_SESSION)))
        .addMethod(
          getRestoreSessionMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              dev.wad.v1.RestoreSessionRequest,
              dev.wad.v1.RestoreSessionResponse>(
                service, METHODID_RESTORE_SESSION)))
        .addMethod(
          getListWorkersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ListWorkersRequest,
              dev.wad.v1.ListWorkersResponse>(
                service, METHODID_LIST_WORKERS)))
        .addMethod(
          getDrainWorkerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.DrainWorkerRequest,
              dev.wad.v1.DrainWorkerResponse>(
                service, METHODID_DRAIN_WORKER)))
        .addMethod(
          getReplaceWorkersMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.wad.v1.ReplaceWorkersRequest,
              dev.wad.v1.ReplaceWorkersResponse>(
                service, METHODID_REPLACE_WORKERS)))
        .addMethod(
          getDrainMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.wad.v1.DrainRequest,
              dev.wad.v1.DrainResponse>(
                service, METHODID_DRAIN)))
        .addMethod(
          getGetConfigMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetConfigRequest,
              dev.wad.v1.GetConfigResponse>(
                service, METHODID_GET_CONFIG)))
        .addMethod(
          getUpdateConfigMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.UpdateConfigRequest,
              dev.wad.v1.UpdateConfigResponse>(
                service, METHODID_UPDATE_CONFIG)))
        .addMethod(
          getListAuditRecordsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ListAuditRecordsRequest,
              dev.wad.v1.ListAuditRecordsResponse>(
                service, METHODID_LIST_AUDIT_RECORDS)))
        .addMethod(
          getGetDebugMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetDebugRequest,
              dev.wad.v1.GetDebugResponse>(
                service, METHODID_GET_DEBUG)))
        .build();
  }

  private static abstract class AdminServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AdminServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.wad.v1.AdminProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AdminService");
    }
  }

  private static final class AdminServiceFileDescriptorSupplier
      extends AdminServiceBaseDescriptorSupplier {
    AdminServiceFileDescriptorSupplier() {}
  }

  private static final class AdminServiceMethodDescriptorSupplier
      extends AdminServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AdminServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (AdminServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AdminServiceFileDescriptorSupplier())
              .addMethod(getGetHealthMethod())
              .addMethod(getGetStatsMethod())
              .addMethod(getRunCleanupMethod())
              .addMethod(getStartCleanupSchedulerMethod())
              .addMethod(getStopCleanupSchedulerMethod())
              .addMethod(getListAlertsMethod())
              .addMethod(getBackupSessionMethod())
              .addMethod(getRestoreSessionMethod())
              .addMethod(getListWorkersMethod())
              .addMethod(getDrainWorkerMethod())
              .addMethod(getReplaceWorkersMethod())
              .addMethod(getDrainMethod())
              .addMethod(getGetConfigMethod())
              .addMethod(getUpdateConfigMethod())
              .addMethod(getListAuditRecordsMethod())
              .addMethod(getGetDebugMethod())
              .build();
        }
      }
    }
    return result;
  }
}
