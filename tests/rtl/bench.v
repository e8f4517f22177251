// Numbered beats through sample_start and a stalling core. STARTER=0 ties ap_start high instead. CUT > 0 first sends that
// many beats of a sample, then resets both, as the DMA does after an error. Prints what it has counted once nothing has
// moved for a while.
`timescale 1ns / 1ps
module bench;
    parameter STARTER = 1, SAMPLES = 10, BEATS = 8, LATENCY = 4, GAPS = 0, STALLS = 0, CUT = 0, SLICE = 1;
    localparam QUIET = 400;

    reg clk = 0, resetn = 0;
    always #5 clk = ~clk;

    reg  [31:0] value = 0;
    reg         valid = 0, room = 0;
    wire        ready, mid_valid, mid_ready, out_valid, started, core_ready;
    wire [31:0] mid_data, out_data;
    wire        core_start = STARTER ? started : 1'b1;
    integer in = 0, out = 0, wrong = 0, starts = 0, still = 0, limit;

    sample_start #(.BITS(32), .BEATS(BEATS)) starter (
        .aclk(clk), .aresetn(resetn),
        .s_axis_tdata(value), .s_axis_tkeep(4'hf), .s_axis_tlast(1'b0), .s_axis_tvalid(valid), .s_axis_tready(ready),
        .m_axis_tdata(mid_data), .m_axis_tkeep(), .m_axis_tlast(), .m_axis_tvalid(mid_valid), .m_axis_tready(mid_ready),
        .ap_start(started), .ap_ready(core_ready));
    stalling_core #(.BITS(32), .BEATS(BEATS), .LATENCY(LATENCY), .SLICE(SLICE)) core (
        .clk(clk), .resetn(resetn), .ap_start(core_start), .ap_ready(core_ready),
        .in_data(mid_data), .in_valid(mid_valid), .in_ready(mid_ready),
        .out_data(out_data), .out_valid(out_valid), .out_ready(room));

    reg taken = 0; // the beat on offer, at the last edge
    always @(posedge clk) begin
        taken <= valid & ready;
        still <= still + 1;
        if (resetn & valid & ready) begin in <= in + 1; still <= 0; end
        if (resetn & core_ready & core_start) starts <= starts + 1;
        if (resetn & out_valid & room) begin
            if (out_data !== out) wrong <= wrong + 1;
            out <= out + 1;
            still <= 0;
        end
    end

    // Stimulus between the edges; a beat on offer stays until it is taken.
    always @(negedge clk) begin
        room = (STALLS == 0) | ($random % (STALLS + 1) == 0);
        if (!valid | taken) begin
            valid = resetn & (in < limit) & ((GAPS == 0) | ($random % (GAPS + 1) == 0));
            value = in;
        end
    end

    initial begin
        limit = CUT;
        repeat (4) @(negedge clk);
        resetn = 1;
        if (CUT > 0) begin
            while (in < CUT & still < QUIET) @(posedge clk);
            repeat (60) @(posedge clk);
            @(negedge clk) resetn = 0;
            repeat (4) @(negedge clk);
            in = 0; out = 0; starts = 0; wrong = 0;
            resetn = 1;
        end
        limit = SAMPLES * BEATS;
        still = 0;
        while (still < QUIET & in <= limit) @(posedge clk);
        $display("in=%0d out=%0d wrong=%0d starts=%0d", in, out, wrong, starts);
        $finish;
    end
endmodule
