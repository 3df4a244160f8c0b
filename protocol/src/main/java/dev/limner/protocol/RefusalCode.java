package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Why a worker does not run a release. A reader takes what it does not know as {@link #OTHER}. */
public enum RefusalCode {
    /** There is no such bundle, or it cannot be read. */
    BUNDLE_MISSING,
    /** The manifest is not one, or has another digest than was announced. */
    MANIFEST_INVALID,
    /** A key is configured, and the release has no signature. */
    UNSIGNED,
    /** The signature is not the key's over this digest. */
    SIGNATURE_INVALID,
    /** The weights are not those of the manifest, or no weights at all. */
    WEIGHTS_INVALID,
    /** More bytes than a worker takes. */
    TOO_LARGE,
    /** A family of networks this build does not know. */
    ARCHITECTURE_UNKNOWN,
    /** A program, and the worker's operator has not named it as one that may be run. */
    PROGRAM_NOT_ALLOWED,
    /** A text encoder this build does not have. */
    ENCODER_UNKNOWN,
    /** A bundle of another name than the one it was announced under. */
    NAME_DIFFERS,
    /** Neither newer than what is live nor one of those before it. */
    OLDER_THAN_LIVE,
    /** It does not generate what its maker saw it generate. */
    PROBE_FAILED,
    /** It cannot be put on the device. */
    LOAD_FAILED,
    /**
     * The record that names it is not to be believed: not signed with the key, or older than one known. Says nothing of the
     * release, which anybody may have named.
     */
    RECORD_DOUBTED,
    /** A code of a newer build; never written. */
    OTHER;

    private static final Map<String, RefusalCode> BY_WIRE_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(RefusalCode::wireName, Function.identity()));

    /** As it is written in JSON: {@code probe-failed}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@link #OTHER} for what this build does not know: a worker of a newer one may say it. */
    @JsonCreator
    public static RefusalCode of(String wireName) {
        return BY_WIRE_NAME.getOrDefault(wireName, OTHER);
    }
}
