package dev.limner.worker.publish;

import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.DeadLetter;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.RecordHeader;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.job.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Publications to Kafka records. Every record is bounded: one too large would make its transaction uncommittable. */
final class RecordFactory {
    /** What Kafka adds to a record and to its batch, generously. */
    private static final int OVERHEAD = 512;

    private RecordFactory() {}

    /**
     * The records of a publication: its result and, where there is one, its dead letter.
     *
     * @param mostBytes of a result that the brokers take
     * @param mostLetter of a dead letter
     */
    static List<ProducerRecord<byte[], byte[]>> of(
            Publication publication, PublishSettings settings, int mostBytes, int mostLetter) {
        Result result = publication.result();
        Publication.DeadLetter letter = publication.deadLetter();
        ProducerRecord<byte[], byte[]> answer = result(result, publication.traceParent(), settings);
        if (size(answer) > mostBytes) {
            RecordError error = RecordError.ofRecord(
                    ErrorCode.TOO_LARGE, "the result has " + size(answer) + " bytes, the brokers take " + mostBytes);
            answer = result(result.without(new Outcome.Failed(error)), publication.traceParent(), settings);
            letter = new Publication.DeadLetter(
                    error.code().wireName() + ": " + error.message(), result.attempts(), null);
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
        records.add(answer);
        if (letter != null) {
            records.add(deadLetter(publication, letter, settings, mostLetter));
        }
        return records;
    }

    /** Whether {@link #of} gives a dead letter. */
    static boolean needsLetter(Publication publication, PublishSettings settings, int mostBytes) {
        return publication.deadLetter() != null
                || size(result(publication.result(), publication.traceParent(), settings)) > mostBytes;
    }

    private static ProducerRecord<byte[], byte[]> result(
            Result result, @Nullable String trace, PublishSettings settings) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(settings.resultsTopic(), utf8(result.jobId()), ResultCodec.encode(result));
        CloudEvent event = new CloudEvent(
                result.jobId(),
                "dev.limner.result." + result.outcome().status(),
                settings.source(),
                settings.clock().instant());
        event.headers().forEach((name, value) -> record.headers().add(name, utf8(value)));
        if (trace != null) {
            record.headers().add(CloudEvent.TRACE_PARENT, utf8(trace));
        }
        return record;
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(
            Publication publication, Publication.DeadLetter letter, PublishSettings settings, int mostBytes) {
        OriginalRecord sent = publication.original();
        DeadLetter.Original original = DeadLetter.Original.of(
                sent.key(), sent.value(), sent.sentBytes(), sent.headers(), publication.origin());
        DeadLetter.Cause cause = new DeadLetter.Cause(
                letter.reason(), letter.attempts(), settings.clock().instant(), letter.objectUri());
        ProducerRecord<byte[], byte[]> record = record(DeadLetter.of(original, cause), settings);
        // Brokers that take less than the job topics do: what identifies the record is kept.
        return size(record) > mostBytes ? record(DeadLetter.smallest(original, cause), settings) : record;
    }

    private static ProducerRecord<byte[], byte[]> record(DeadLetter letter, PublishSettings settings) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(settings.deadLettersTopic(), letter.key(), letter.value());
        letter.headers().forEach(header -> record.headers().add(header.name(), header.value()));
        return record;
    }

    private static int size(ProducerRecord<byte[], byte[]> record) {
        int size = OVERHEAD + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += new RecordHeader(header.key(), header.value()).bytes();
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
