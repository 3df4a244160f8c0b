package dev.limner.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.process.FatalErrors;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.junit.jupiter.api.Test;

/** The messaging library closes a channel on what its methods throw, and the trainer would learn nothing any more. */
class FeedbackChannelTest {
    private final List<Integer> exits = new ArrayList<>();
    private final TrainerService service =
            new TrainerService(TrainerConfigTest.config(Map.of()), null, null, new FatalErrors("trainer", exits::add));

    @Test
    void shouldEndTheProcessOnAnErrorInFeedback() {
        ConsumerRecords<byte[], byte[]> records = new ConsumerRecords<>(Map.of(), Map.of()) {
            @Override
            public Iterator<ConsumerRecord<byte[], byte[]>> iterator() {
                throw new StackOverflowError("injected");
            }
        };

        assertThatThrownBy(() -> new FeedbackChannel(service).feedback(records)).hasMessage("injected");

        assertThat(exits).containsExactly(FatalErrors.EXIT_CODE);
    }
}
