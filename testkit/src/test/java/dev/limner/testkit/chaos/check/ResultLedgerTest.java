package dev.limner.testkit.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultLedgerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOPIC = "limner.jobs.bulk";

    private final ResultLedger accounts = new ResultLedger();

    @Test
    void shouldTellJobsOfATopicThatWasMadeAgainFromThoseBefore() {
        accounts.answered(accounts.accepted(job("job-1", 0)), answer("job-1", "completed", 1));
        accounts.accepted(job("job-2", 1));
        accounts.renewed(TOPIC);
        String again = accounts.accepted(job("job-3", 0));

        assertThat(accounts.gone()).isEqualTo(1);
        assertThat(accounts.unanswered()).containsExactly(again);
        assertThat(accounts.placeOf(TOPIC + "-0@0", "job-1")).isEqualTo(TOPIC + "-0@0");
        assertThat(accounts.placeOf(TOPIC + "-0@0", "job-3")).isEqualTo(again);
        // An answer on its way when its topic went.
        assertThat(accounts.placeOf(TOPIC + "-0@1", "job-2")).isEqualTo(TOPIC + "-0@1");
    }

    @Test
    void shouldAskForADeadLetterOnlyWhereOneBelongsAndOneCanBe() {
        accounts.answered(accounts.accepted(job("job-1", 0)), answer("job-1", "completed", 5));
        String failed = accounts.accepted(job("poison-2", 1));
        accounts.answered(failed, answer("poison-2", "failed", 5));
        assertThat(accounts.withoutLetter()).containsExactly(failed);

        accounts.lettersLost(4);
        assertThat(accounts.withoutLetter()).containsExactly(failed);
        accounts.lettersLost(5);
        assertThat(accounts.withoutLetter()).isEmpty();
    }

    @Test
    void shouldCountARepeatAsAnsweredByItsFirst() {
        String first = accounts.accepted(job("repeat-1", 0));
        accounts.accepted(job("repeat-1", 1));
        assertThat(accounts.unanswered()).hasSize(2);

        accounts.answered(first, answer("repeat-1", "completed", 1));
        assertThat(accounts.unanswered()).isEmpty();
    }

    private static JobRecord job(String id, long offset) {
        byte[] value = ("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8);
        return new JobRecord(TOPIC + "-0@" + offset, TOPIC, id, value, List.of(), 0, 0);
    }

    private static ResultRecord answer(String id, String status, long timestamp) {
        return new ResultRecord(
                id, JSON.createObjectNode().put("jobId", id).put("status", status), Map.of(), List.of(), timestamp, 0);
    }
}
