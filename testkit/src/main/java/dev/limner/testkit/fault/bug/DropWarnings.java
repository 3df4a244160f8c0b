package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;
import java.util.List;

/** Results carry no warnings. */
public final class DropWarnings extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.warnings = List.of();
    }
}
