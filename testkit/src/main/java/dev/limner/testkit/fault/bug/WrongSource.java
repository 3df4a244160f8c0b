package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;

/** Results name the record behind the one they answer. */
public final class WrongSource extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        Result.Source source = draft.source;
        if (source != null) {
            draft.source = new Result.Source(source.topic(), source.partition(), source.offset() + 1, source.topicId());
        }
    }
}
