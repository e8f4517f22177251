// A loop as Vitis HLS pipelines it by default ("stp", rewound): every stage stands still when the read finds no input or
// the write finds no room, and the next iteration begins as soon as ap_start allows. Passes each beat on after LATENCY
// cycles. SLICE=1 has the two-entry register slice that HLS puts at AXI4-Stream inputs (register_mode=both); SLICE=0 takes
// a beat only when started.
module stalling_core #(
    parameter BITS = 32, BEATS = 8, LATENCY = 4, SLICE = 1
) (
    input                 clk, resetn, ap_start,
    output                ap_ready,
    input      [BITS-1:0] in_data,
    input                 in_valid,
    output                in_ready,
    output     [BITS-1:0] out_data,
    output                out_valid,
    input                 out_ready
);
    reg [BITS-1:0] slice0, slice1;
    reg [1:0]      filled;
    reg [LATENCY-1:0] busy; // bit LATENCY-1 is the stage that writes
    reg [BITS-1:0] data [0:LATENCY-1];
    reg [31:0]     beat;
    integer k;

    wire reads = ap_start;                          // an iteration wants to begin
    wire none  = SLICE ? (filled == 0) : !in_valid;
    wire block = (reads & none) | (busy[LATENCY-1] & !out_ready);
    wire take  = reads & !block;

    assign in_ready  = SLICE ? (filled != 2) : take;
    assign out_valid = busy[LATENCY-1] & !(reads & none);
    assign out_data  = data[LATENCY-1];
    assign ap_ready  = take & (beat == BEATS - 1);

    always @(posedge clk)
        if (!resetn) begin
            filled <= 0; busy <= 0; beat <= 0;
        end else begin
            if (in_valid & in_ready & take) begin
                if (filled == 1) slice0 <= in_data; else begin slice0 <= slice1; slice1 <= in_data; end
            end else if (in_valid & in_ready) begin
                if (filled == 0) slice0 <= in_data; else slice1 <= in_data;
                filled <= filled + 1;
            end else if (take) begin
                slice0 <= slice1;
                filled <= filled - 1;
            end
            if (!block) begin
                for (k = LATENCY - 1; k > 0; k = k - 1) begin
                    busy[k] <= busy[k-1];
                    data[k] <= data[k-1];
                end
                busy[0] <= take;
                data[0] <= SLICE ? slice0 : in_data;
                if (take) beat <= (beat == BEATS - 1) ? 0 : beat + 1;
            end
        end
endmodule
