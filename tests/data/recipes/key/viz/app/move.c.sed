/case WG_ACT_END:/a case WG_ACT_MIDDLE: wg_app_set_cursor(app, app->begin_ns + (app->end_ns - app->begin_ns) / 2); break;
