package io.augserve.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events of Java Flight Recorder. Loaded only where there is one. */
final class FlightEvents {
    private FlightEvents() {}

    /** What all have in common. */
    @Category("AugServe")
    @StackTrace(false)
    abstract static class RequestEvent extends Event {
        @Label("Request")
        @Description("The request's id as the caller knows it")
        String request = "";

        @Label("Number")
        @Description("Unique on its server, ascending in the order of arrival")
        long number;

        void of(ObservedRequest observed) {
            request = observed.name();
            number = observed.id();
        }
    }

    @Name("augserve.RequestAdmitted")
    @Label("Request Admitted")
    @Description("A request was let in and waits for its turn")
    static final class RequestAdmitted extends RequestEvent {
        @Label("Kind")
        String kind = "";
        @Label("Priority")
        int priority;
        @Label("Prompt Tokens")
        int promptTokens;
        @Label("Most Output Tokens")
        int maxTokens;
    }

    @Name("augserve.RequestFinished")
    @Label("Request Finished")
    @Description("A request left, in whatever way")
    static final class RequestFinished extends RequestEvent {
        @Label("Reason")
        String reason = "";
        @Label("Cause")
        @Description("What made it fail, if that was not its own fault")
        String cause = "";
        @Label("Objective Met")
        boolean objectiveMet;
        @Label("Total")
        @Description("From arrival to the end")
        @Timespan
        long total;
        @Label("Queue")
        @Description("From arrival to the first step")
        @Timespan
        long queue;
        @Label("Time to First Token")
        @Timespan
        long timeToFirstToken;
        @Label("Tools")
        @Description("While at least one tool call was out")
        @Timespan
        long tools;
        @Label("Prompt Tokens")
        int promptTokens;
        @Label("Output Tokens")
        int outputTokens;
        @Label("Recomputed Tokens")
        int recomputedTokens;
        @Label("Reused Tokens")
        long reusedTokens;
        @Label("Preemptions")
        int preemptions;
    }

    @Name("augserve.ToolPause")
    @Label("Tool Pause")
    @Description("A request waited for its tools")
    static final class ToolPause extends RequestEvent {
        @Label("Segment")
        int segment;
        @Label("Tools")
        @Description("Names of the tools that were called")
        String tools = "";
        @Label("Predicted")
        @Description("How long the predictor expected it to take")
        @Timespan
        long predicted;
        @Label("Returned")
        @Description("Whether all results came; false if the request ended before")
        boolean returned;
    }

    @Name("augserve.Preemption")
    @Label("Preemption")
    @Description("A request lost its place in a batch and waits again")
    static final class Preemption extends RequestEvent {
        @Label("Cause")
        @Description("MEMORY, SWAP or FAULT")
        String cause = "";
    }

    @Name("augserve.EngineStep")
    @Label("Engine Step")
    @Description("The engine computed a batch, and what it brought was handed on")
    @Category("AugServe")
    @StackTrace(false)
    static final class EngineStep extends Event {
        @Label("Planning")
        @Description("The scheduler's part, before this event begins")
        @Timespan
        long planning;
        @Label("Engine")
        @Description("The engine's part of this event")
        @Timespan
        long engine;
        @Label("Failed")
        boolean failed;
        @Label("Requests")
        int requests;
        @Label("Prefill Tokens")
        int prefillTokens;
        @Label("Decode Tokens")
        int decodeTokens;
        @Label("Recomputed Tokens")
        int recomputedTokens;
        @Label("Moved Blocks")
        int movedBlocks;
        @Label("Waiting")
        int waiting;
        @Label("Running")
        int running;
        @Label("Paused")
        int paused;
        @Label("Used Blocks")
        int usedBlocks;
        @Label("Capacity")
        @Description("Blocks in all")
        int capacityBlocks;
        @Label("Retained Blocks")
        @Description("Blocks that paused requests hold")
        int retainedBlocks;
        @Label("Swapped Blocks")
        int swappedBlocks;
    }
}
