package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Java operators of one session: their native structs and domains, which must outlive the session. */
final class OperatorRegistry implements AutoCloseable {
    private final OrtApi api;
    private final Arena arena = Arena.ofShared();
    private final List<NativeOperator> operators = new ArrayList<>();
    private final Map<String, Long> domains = new LinkedHashMap<>();

    OperatorRegistry(OrtApi api, List<CustomOperator> operators) {
        this.api = api;
        operators.forEach(operator -> this.operators.add(new NativeOperator(api, operator, arena)));
    }

    /** Adds the operators to an OrtSessionOptions. */
    void register(long sessionOptions) {
        for (NativeOperator operator : operators) {
            long domain = domains.computeIfAbsent(operator.domain(),
                    name -> api.create(OrtFunction.CREATE_CUSTOM_OP_DOMAIN, arena.allocateFrom(name)));
            api.call(OrtFunction.CUSTOM_OP_DOMAIN_ADD, domain, operator.struct());
        }
        domains.values().forEach(domain -> api.call(OrtFunction.ADD_CUSTOM_OP_DOMAIN, sessionOptions, domain));
    }

    /** The failure with the exception as its cause that an operator threw since the last time, if one did. */
    RuntimeException explain(RuntimeException failure) {
        for (NativeOperator operator : operators) {
            Throwable cause = operator.takeFailure();
            if (cause != null) {
                return new OrtException(String.valueOf(failure.getMessage()), cause);
            }
        }
        return failure;
    }

    /** Only after the session has been released. */
    @Override
    public void close() {
        domains.values().forEach(domain -> api.release(OrtFunction.RELEASE_CUSTOM_OP_DOMAIN, domain));
        arena.close();
    }
}
