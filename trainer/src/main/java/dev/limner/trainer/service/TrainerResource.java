package dev.limner.trainer.service;

import dev.limner.protocol.ModelRecord;
import dev.limner.training.replay.RoundRecord;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the trainer is doing, and a round by hand. For operators inside the cluster; there is no login, and web pages change
 * nothing ({@link PageGuard}).
 */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class TrainerResource {
    private final TrainerService service;

    TrainerResource(TrainerService service) {
        this.service = service;
    }

    /**
     * The trainer now.
     *
     * @param stage of the round under way, {@code idle} without one
     * @param step of the tuning
     * @param steps that a round tunes
     * @param entries in the replay buffer
     * @param unlearned entries that no round has learned from
     * @param refused feedback that was not taken, by error code
     */
    public record Status(
            String model,
            String stage,
            int step,
            int steps,
            long entries,
            long unlearned,
            Map<String, Long> refused,
            @Nullable ModelRecord record) {}

    /** Why something is not done. */
    public record Problem(String error) {}

    @GET
    @Path("status")
    public Status status() {
        LearningRuntime running = running();
        return new Status(
                running.model(),
                running.rounds().stage(),
                running.rounds().step(),
                running.rounds().steps(),
                running.replay().countAfter(0),
                running.replay().countAfter(running.replay().rounds().learnedUpTo()),
                running.replay().refusals(),
                running.registry().current(running.model()).orElse(null));
    }

    @GET
    @Path("rounds")
    public List<RoundRecord> rounds() {
        return running().rounds().all();
    }

    @POST
    @Path("rounds")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response start() {
        try {
            return Response.accepted(running().rounds().start("by hand")).build();
        } catch (IllegalStateException e) {
            return Response.status(Response.Status.CONFLICT)
                    .entity(new Problem(String.valueOf(e.getMessage())))
                    .build();
        }
    }

    @GET
    @Path("rounds/{id}/report")
    @Produces(MediaType.TEXT_HTML)
    public Response report(@PathParam("id") long id) {
        java.nio.file.Path page = running().rounds().folder(id).resolve("gate.html");
        return Files.exists(page)
                ? Response.ok(page.toFile()).build()
                : Response.status(Response.Status.NOT_FOUND).build();
    }

    private LearningRuntime running() {
        return service.runtime().orElseThrow(() -> new IllegalStateException("the trainer is starting or stopping"));
    }
}
