package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Everything that can be wrong with a job or with feedback, as results and dead letters name it. The list is closed. */
public enum ErrorCode {
    MALFORMED_JSON,
    NOT_AN_OBJECT,
    DUPLICATE_FIELD,
    TOO_DEEP,
    TOO_LARGE,
    MISSING_FIELD,
    WRONG_TYPE,
    ID_INVALID,
    ID_CONFLICT,
    CAPTION_EMPTY,
    CAPTION_TOO_LONG,
    CAPTION_CONTROL_CHARACTERS,
    CAPTION_INVALID_UNICODE,
    COUNT_OUT_OF_RANGE,
    SEED_OUT_OF_RANGE,
    TRUNCATION_OUT_OF_RANGE,
    SIZE_NOT_AVAILABLE,
    FORMAT_UNKNOWN,
    UNKNOWN_MODEL,
    DEADLINE_INVALID,
    DEADLINE_PASSED,
    GROUP_INVALID,
    TENANT_INVALID,
    CONTEXT_TOO_LARGE,
    /** Of a job for a model that reads something else, which is named; the caption is a {@link #MISSING_FIELD}. */
    INPUT_MISSING,
    LABEL_UNKNOWN,
    CONTROL_UNKNOWN,
    CONTROL_OUT_OF_RANGE,
    UNSUPPORTED_VERSION,
    WORKER_CRASHED,
    DEVICE_OUT_OF_MEMORY,
    DEVICE_FAILED,
    STORE_REJECTED,
    IMAGE_INVALID,
    IMAGE_UNKNOWN,
    IMAGE_ALTERED,
    VERDICT_UNKNOWN,
    SCORE_OUT_OF_RANGE,
    OPINION_MISSING,
    OPINION_AMBIGUOUS,
    CAPTION_UNKNOWN,
    CAPTIONS_DIFFER,
    EXAMPLE_INVALID,
    EXAMPLE_UNREADABLE,
    ARTIFACTS_INVALID,
    RATER_INVALID,
    RATER_OVER_LIMIT,
    TIME_INVALID,
    INTERNAL;

    private static final Map<String, ErrorCode> BY_WIRE_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(ErrorCode::wireName, Function.identity()));

    /** The code as it is written in JSON and headers: {@code caption-too-long}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether the same record can succeed at another try: the cause was around it (a worker, a store, a model that is not
     * there yet, a reader of an earlier release). Otherwise the fault is in the record itself.
     */
    public boolean canPassLater() {
        return switch (this) {
            case ID_CONFLICT,
                    SIZE_NOT_AVAILABLE,
                    INPUT_MISSING,
                    LABEL_UNKNOWN,
                    CONTROL_UNKNOWN,
                    CONTROL_OUT_OF_RANGE,
                    UNKNOWN_MODEL,
                    UNSUPPORTED_VERSION,
                    WORKER_CRASHED,
                    DEVICE_OUT_OF_MEMORY,
                    DEVICE_FAILED,
                    STORE_REJECTED,
                    IMAGE_UNKNOWN,
                    EXAMPLE_UNREADABLE,
                    RATER_OVER_LIMIT,
                    INTERNAL -> true;
            case MALFORMED_JSON,
                    NOT_AN_OBJECT,
                    DUPLICATE_FIELD,
                    TOO_DEEP,
                    TOO_LARGE,
                    MISSING_FIELD,
                    WRONG_TYPE,
                    ID_INVALID,
                    CAPTION_EMPTY,
                    CAPTION_TOO_LONG,
                    CAPTION_CONTROL_CHARACTERS,
                    CAPTION_INVALID_UNICODE,
                    COUNT_OUT_OF_RANGE,
                    SEED_OUT_OF_RANGE,
                    TRUNCATION_OUT_OF_RANGE,
                    FORMAT_UNKNOWN,
                    DEADLINE_INVALID,
                    DEADLINE_PASSED,
                    GROUP_INVALID,
                    TENANT_INVALID,
                    CONTEXT_TOO_LARGE,
                    IMAGE_INVALID,
                    IMAGE_ALTERED,
                    VERDICT_UNKNOWN,
                    SCORE_OUT_OF_RANGE,
                    OPINION_MISSING,
                    OPINION_AMBIGUOUS,
                    CAPTION_UNKNOWN,
                    CAPTIONS_DIFFER,
                    EXAMPLE_INVALID,
                    ARTIFACTS_INVALID,
                    RATER_INVALID,
                    TIME_INVALID -> false;
        };
    }

    /** @throws IllegalArgumentException if there is no such code */
    @JsonCreator
    public static ErrorCode of(String wireName) {
        ErrorCode code = BY_WIRE_NAME.get(wireName);
        if (code == null) {
            throw new IllegalArgumentException("no error code is called '" + wireName + "'");
        }
        return code;
    }
}
