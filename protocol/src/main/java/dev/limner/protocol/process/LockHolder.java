package dev.limner.protocol.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Who holds a lock, as it is written into the lock's file.
 *
 * @param command what the user started, without quotes
 * @param host the machine's or the container's name; the number of a process means nothing elsewhere
 * @param since when the lock was taken, in milliseconds since 1970
 * @param process the holder
 * @param children processes that it started and that may outlive it when it is killed
 */
record LockHolder(String command, String host, long since, ProcessMark process, List<ProcessMark> children) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    LockHolder {
        command = Objects.requireNonNullElse(command, "another process");
        host = Objects.requireNonNullElse(host, "");
        children = children == null ? List.of() : List.copyOf(children);
    }

    /** This process, without children. */
    static LockHolder here(String command) {
        ProcessMark own = ProcessMark.of(command, ProcessHandle.current());
        return new LockHolder(command, hostName(), Instant.now().toEpochMilli(), own, List.of());
    }

    LockHolder withChildren(List<ProcessMark> started) {
        return new LockHolder(command, host, since, process, started);
    }

    byte[] encode() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a lock's holder cannot be written", e);
        }
    }

    /** What a lock's file says; empty for an empty file and for one that somebody is just writing. */
    static Optional<LockHolder> decode(byte[] bytes) {
        try {
            LockHolder holder = JSON.readValue(new String(bytes, StandardCharsets.UTF_8), LockHolder.class);
            return Optional.ofNullable(holder).filter(read -> read.process() != null);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Whether it is of this machine, so that its process numbers can be looked up. */
    boolean local() {
        return host.equals(hostName());
    }

    /** Whether the process that wrote it lives; one of another machine is believed to. */
    boolean alive() {
        return !local() || process.find().isPresent();
    }

    /** For a user to read. */
    String describe() {
        ZonedDateTime at = Instant.ofEpochMilli(since).atZone(ZoneId.systemDefault());
        boolean today = at.toLocalDate().equals(LocalDate.now(ZoneId.systemDefault()))
                && Duration.between(at.toInstant(), Instant.now()).toHours() < 24;
        return "`" + command + "` (process " + process.pid() + (local() ? "" : " on " + host) + ", since "
                + at.format(today ? TIME : DAY_AND_TIME) + ")";
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
