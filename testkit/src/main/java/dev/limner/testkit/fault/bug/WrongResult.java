package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;
import dev.limner.worker.job.Publication;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something in a result that is not right. One thread: the control thread. */
abstract class WrongResult implements SeededBug {
    private @Nullable Result before;

    /**
     * Makes the mistake.
     *
     * @param mate the result before, if it is one of the same batch; else the right one
     */
    abstract void spoil(ResultDraft draft, Result mate);

    @Override
    public final Publication answered(Publication publication) {
        Result right = publication.result();
        Result other = before;
        before = right;
        ResultDraft draft = new ResultDraft(right);
        spoil(draft, other != null && sameBatch(right, other) ? other : right);
        return new Publication(
                draft.result(),
                publication.original(),
                publication.origin(),
                publication.deadLetter(),
                publication.traceParent());
    }

    private static boolean sameBatch(Result one, Result other) {
        return one.batch() != null
                && other.batch() != null
                && Objects.equals(one.batch().id(), other.batch().id());
    }
}
