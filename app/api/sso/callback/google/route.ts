import type { NextRequest } from "next/server";
import { answerCallback } from "../answer";

/** Where Google sends the browser back to for every workspace that uses the deployment's client. */
export const GET = (request: NextRequest): Promise<Response> => answerCallback(request, null);
